"""A pasted message as an order: every part by its own rules, then what is missing as questions."""

from dataclasses import replace
from datetime import date

from oms.kernel.clock import business_date
from orders.chat.address import take_address, take_further, take_same_place
from orders.chat.catalogue import Catalogue
from orders.chat.change import changed, take_changes
from orders.chat.clean import clean
from orders.chat.contact import fuller, labelled_name, meant_for, said_name, sender_name, take_email, take_phone
from orders.chat.lines import LineReader, merged
from orders.chat.reading import ReadAddress, Reading, ReadLine
from orders.chat.terms import take_date, take_last_time, take_payment


def read_message(text: str, catalogue: Catalogue, country: str, today: date | None = None) -> Reading:
    """What the message asks for. Reads only `text` and `catalogue`; every guess says how sure it is."""
    message = clean(text)
    lines, reader = message.lines, LineReader(catalogue)
    email = take_email(lines) or message.sender_email.lower()
    phone = take_phone(lines, country)
    if not phone and message.sender:
        phone = take_phone([message.sender], country)
    take_same_place(lines)
    again = take_last_time(lines)
    changes = take_changes(lines)
    payment = take_payment(lines, reader.is_goods)
    name = labelled_name(lines) or meant_for(lines, reader.is_goods)
    address, above = take_address(lines, country, reader.is_goods)
    day = take_date(lines, today or business_date())
    elsewhere = take_further(lines, country, reader.is_goods)
    name = fuller(name or above or said_name(lines, reader.is_goods), sender_name(message.sender))
    read, later = reader.read(lines)
    wanted = tuple(changed(merged(read), changes))
    others = tuple(message.others)
    reading = Reading(wanted, name, phone, email, address, payment, day, again, others, elsewhere, tuple(later))
    return replace(reading, questions=questions_of(reading, others))


def questions_of(reading: Reading, others: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What a person must still ask or decide."""
    left_out = [f"{other} writes too; those lines are left out." for other in others]
    who = _of_person(reading.customer_name, reading.phone, reading.email)
    places = [f"What goes to the second address, {a.line1}, {a.city}?" for a in reading.elsewhere]
    return (*_of_lines(reading.lines, reading.same_as_last), *who, *_of_address(reading.address), *places, *left_out)


def _of_lines(lines: tuple[ReadLine, ...], again: bool) -> list[str]:
    asked = []
    if not lines:
        last = "The same as last time, but no earlier order of theirs was found: what do they want?"
        asked.append(last if again else "What do they want? No product was found in the message.")
    for line in lines:
        if not line.sku:
            asked.append(f"Which product is “{line.phrase}”?")
        elif line.level == "unsure":
            others = " or ".join([line.name, *(c.name for c in line.candidates[:2])])
            asked.append(f"Is “{line.phrase}” {others}?")
        if not line.qty_said and line.why != "last order":
            asked.append(f"How many of “{line.phrase or line.name}”? One is assumed.")
    return asked


def _of_person(name: str, phone: str, email: str) -> list[str]:
    asked = [] if name else ["What is the customer's name?"]
    return asked if phone or email else [*asked, "What is their phone number or e-mail?"]


def _of_address(address: ReadAddress) -> list[str]:
    if address.is_empty():
        return ["Where does it go? No address was found."]
    code = "postcode" if address.country == "AU" else "PIN code"
    parts = ((address.line1, "house and street"), (address.city, "city or suburb"), (address.postal_code, code))
    return [f"What is the {label} of the address?" for value, label in parts if not value]
