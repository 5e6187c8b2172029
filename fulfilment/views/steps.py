"""The buttons of the stations: each calls one action with what its form says."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from fulfilment.actions import pack, pick
from fulfilment.actions.dispatch import dispatch
from fulfilment.actions.label import label_parcel
from fulfilment.actions.reject import reject_work
from fulfilment.actions.short import short_pick
from fulfilment.actions.split import split_parcel
from oms.kernel.errors import Refused

# step -> the move of the policy table that says who may make it
POLICY = dict.fromkeys(("start", "take", "finish-pick", "put-back", "short"), "pick")
POLICY |= dict.fromkeys(("scan", "undo", "parcel", "finish-pack", "split", "reopen-pack"), "pack")
POLICY |= {"label": "dispatch", "dispatch": "dispatch", "reject": "reject"}


@dataclass(frozen=True)
class Made:
    """`said`: the sentence to show afterwards, if any; `work`: the piece of work to go on with."""

    said: str
    work: str


def make(number: str, name: str, given: Mapping[str, str], who: Any) -> Made:
    """Call the action behind the button `name`."""
    if name == "split":
        _note_parcel(number, given, who)
        rest = split_parcel(number, actor=who).number
        return Made(f"{number} is packed. This is the rest of it, {rest}.", rest)
    return Made(_make(number, name, given, who), number)


def _make(number: str, name: str, given: Mapping[str, str], who: Any) -> str:
    code = (given.get("sku") or given.get("code", "")).replace("\x00", "")
    match name:
        case "start":
            pick.start_pick(number, actor=who)
        case "take":
            took = pick.pick_line(number, code=code, qty=whole(given.get("qty") or "1"), actor=who)
            return f"{took.name}: {took.done} of {took.asked} taken."
        case "finish-pick":
            pick.finish_pick(number, actor=who)
            return f"{number} is picked and goes to the packing table."
        case "put-back":
            pick.put_back(number, actor=who)
            return f"{number} waits for the next picker."
        case "scan":
            if not code.strip() and (given.get("box") or given.get("kg", "").strip()):
                return _make(number, "parcel", given, who)  # Enter in the weight
            pack.scan(number, code=code, actor=who)
            _note_parcel(number, given, who)
        case "undo":
            pack.undo_last(number, actor=who)
        case "parcel":
            _note_parcel(number, given, who)
            return "Box and weight noted."
        case "finish-pack":
            _note_parcel(number, given, who)
            pack.finish_pack(number, actor=who)
            return f"{number} is packed and waits for the carrier."
        case "reopen-pack":
            pack.reopen_pack(number, actor=who)
        case _:
            return _further(number, name, code, given, who)
    return ""


def _further(number: str, name: str, code: str, given: Mapping[str, str], who: Any) -> str:
    reason = given.get("reason", "")
    if name == "short":
        got = short_pick(number, code=code, qty=whole(given.get("qty", "")), reason=reason, actor=who)
        return f"Reported short. {elsewhere(got)} The shelf is to be counted."
    if name == "reject":
        return f"{number} is rejected. {elsewhere(reject_work(number, reason=reason, actor=who))}"
    carrier, tracking = given.get("carrier", ""), given.get("tracking_number", "")
    if name == "label":
        made = label_parcel(number, carrier=carrier, tracking_number=tracking, actor=who)
        return f"{made.number} is labelled for {made.carrier}."
    sent = dispatch(number, carrier=carrier, tracking_number=tracking, actor=who)
    return f"{sent.number} left with {sent.carrier}, {sent.tracking_number}."


def elsewhere(got: Any) -> str:
    """Where units went that a place could not send, in a sentence."""
    held, short = sum(got.held.values()), sum(got.short.values())
    where = f": {got.reason}" if got.reason else ""
    found = f"{held} found at another location{where}." if held else ""
    return f"{found} {short} wait for stock.".strip() if short else found


def whole(text: str) -> int:
    """A count typed by a person; anything else is 0, which every action refuses with its own sentence."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0


def _note_parcel(number: str, given: Mapping[str, str], who: Any) -> None:
    """What stands in the fields of box and weight goes with every button of the table, so that none of it is lost."""
    if "kg" in given:
        pack.describe_parcel(number, box=given.get("box", ""), weight_grams=_grams(given["kg"]), actor=who)


def _grams(text: str) -> int | None:
    if not (text := text.strip().replace(",", ".")):
        return None
    try:
        grams = Decimal(text) * 1000
    except InvalidOperation as error:
        raise Refused("weight_impossible", f"“{text[:20]}” is not a weight; enter kilograms such as 6.42.") from error
    return int(grams) if grams.is_finite() and abs(grams) < 10**9 else 0
