"""Chainable named filters over orders."""

import re
from datetime import timedelta

from django.db import models
from django.db.models.functions import Coalesce, Lower, Right

from inventory.querysets import PlacedQuerySet
from oms.events.models import Event
from oms.kernel.clock import now
from oms.kernel.compiled import Present
from orders.finding import find

OPEN = ("new", "confirmed", "processing")
# A name common among buyers is answered from the newest orders that have it.
BUYERS_OF = 1_000
# A phone as only its digits, and what stands before a number written without its country.
PHONE_DIGITS = models.Func(
    models.F("phone"), models.Value(r"\D"), models.Value(""), models.Value("g"), function="regexp_replace",
    output_field=models.TextField(),
)  # fmt: skip
CALLING_CODES = ("91", "61")
# A phone compares equal by its last nine digits, with and without its country code (orders/checking/facts.py has it in SQL).
PHONE_END = Right(PHONE_DIGITS, 9)


def missed_promise(at) -> models.Q:
    """Sent after the promised moment, or open at `at` with the promise passed and nothing sent."""
    sent_late = models.Q(dispatched_at__gt=models.F("promised_at"))
    return sent_late | models.Q(dispatched_at__isnull=True, promised_at__lt=at, status__in=OPEN)


# How far an order came before anybody at the desk touched it -> the fact that says it came there.
UNTOUCHED = {"confirmed": "orders.confirmed", "released": "orders.released", "dispatched": "fulfilment.dispatched"}
# Entering an order, reading it, and the floor's own work are no touch of the desk.
NO_TOUCH = ("orders.placed", "orders.claimed", "orders.claim_released", "notifications.customer_wrote")


def untouched(upto: str) -> models.Exists:
    """Orders that came as far as `upto` (a key of UNTOUCHED) with no step of a person at the desk before."""
    facts = Event.objects.filter(stream=models.OuterRef("stream"), seq__lte=models.OuterRef("seq"), actor_kind="person")
    hands = facts.exclude(name__in=NO_TOUCH).exclude(name__startswith="fulfilment.")
    return models.Exists(
        Event.objects.filter(stream=models.OuterRef("number"), name=UNTOUCHED[upto]).filter(~models.Exists(hands))
    )


class OrderQuerySet(models.QuerySet):
    def visible_to(self, user) -> "OrderQuerySet":
        """Rows this person may see: every channel, or only those named on the person."""
        return self.filter(channel__code__in=user.channel_codes) if user.channel_codes else self

    def open(self) -> "OrderQuerySet":
        return self.filter(status__in=OPEN)

    def late(self, at=None) -> "OrderQuerySet":
        return self.open().filter(due_at__lt=at or Present())

    def decided_before(self, at) -> "OrderQuerySet":
        """Open orders that were confirmed by then; those that came in confirmed, placed by then."""
        return self.filter(status__in=OPEN[1:]).filter(
            models.Q(confirmed_at__lt=at) | models.Q(confirmed_at=None, placed_at__lt=at)
        )

    def at_stage(self, *stages: str) -> "OrderQuerySet":
        """Open orders in these stages, as the index that has them by deadline holds them."""
        return self.open().filter(stage__in=stages)

    def delayed(self, at=None) -> "OrderQuerySet":
        """Open orders past their promised dispatch of which nothing has left."""
        return self.open().filter(promised_at__lt=at or now(), qty_dispatched=0)

    def in_stage_for(self, least: int | None = None, below: int | None = None, at=None) -> "OrderQuerySet":
        """Orders that have been in their stage for at least `least` and fewer than `below` days."""
        at, rows = at or now(), self
        if least is not None:
            rows = rows.filter(stage_since__lte=at - timedelta(days=least))
        return rows if below is None else rows.filter(stage_since__gt=at - timedelta(days=below))

    def missed(self, at=None) -> "OrderQuerySet":
        """Orders that left after their promised dispatch, or are past it with nothing gone."""
        return self.filter(missed_promise(at or now()))

    def blocked_by(self, kind: str) -> "OrderQuerySet":
        """Open orders that a hold, a payment, stock or a failed delivery stands in the way of, as their stored facts say."""
        rows = self.open()
        if kind == "hold":
            return rows.filter(open_holds__gt=0)
        if kind == "parcel":
            return rows.filter(attempt_due_at__isnull=False)
        if kind == "supplier":
            return rows.filter(is_drop_shipped=True, supplier_told__gt=0)
        codes = {
            "stock": ["stock:short", "stock:scarce"],
            "payment": ["payment:payment_due", "payment:verification_pending"],
            "customer_po": ["customer_po"],
        }[kind]
        found = models.Q(pk__in=())
        for code in codes:
            found |= models.Q(blockers__contains=[{"code": code}])
        return rows.filter(found)

    def with_loss(self) -> "OrderQuerySet":
        """Orders of which something is lost, and nobody has sent it again or given its money back."""
        return self.filter(loss_due_at__isnull=False)

    def asking(self) -> "OrderQuerySet":
        """Orders whose customer wrote or called and has no answer yet."""
        return self.filter(answer_due_at__isnull=False)

    def unrated(self) -> "OrderQuerySet":
        """Orders in another currency than the books' that nobody knows the worth of."""
        return self.filter(book_rate__isnull=True)

    def untouched(self, upto: str) -> "OrderQuerySet":
        """Live orders that came as far as `upto` (a key of UNTOUCHED) without a touch of the desk."""
        return self.filter(untouched(upto), is_historical=False)

    def held(self) -> "OrderQuerySet":
        return self.open().filter(open_holds__gt=0)

    def waiting_for(self, team: str) -> "OrderQuerySet":
        """Everything whose next step belongs to `team`, finished orders with something left to do included."""
        return self.filter(owner_team=team).exclude(next_action="")

    def search(self, text: str) -> "OrderQuerySet":
        """Orders having, for each word typed, a search term that starts with it; looks it up at once."""
        return self.filter(find(text).condition)


class StandingQuerySet(models.QuerySet):
    """Schedules and agreements with customers."""

    def visible_to(self, user) -> "StandingQuerySet":
        """Rows this person may see: every channel, or only those named on the person."""
        return self.filter(channel__code__in=user.channel_codes) if user.channel_codes else self

    def failing(self) -> "StandingQuerySet":
        """Schedules whose order of the day could not be placed; somebody has to act."""
        return self.filter(status="active").exclude(failure="")


class EntryQuerySet(models.QuerySet):
    """Drafts of new orders."""

    def visible_to(self, user) -> "EntryQuerySet":
        """Everybody's, or one's own and those of the channels named on the person."""
        if not user.channel_codes:
            return self
        return self.filter(models.Q(channel__code__in=user.channel_codes) | models.Q(author=user))


class CustomerCardQuerySet(models.QuerySet):
    """Addresses and contacts of customers."""

    def in_use(self) -> "CustomerCardQuerySet":
        return self.filter(retired_at__isnull=True)


class CustomerQuerySet(models.QuerySet):
    def present(self) -> "CustomerQuerySet":
        """Those that are not part of another one by now."""
        return self.filter(merged_into__isnull=True)

    def keyed(self, keys, user=None) -> dict:
        """{match key: the buyer it leads to}, across merges; of `user` only whom they may see."""
        rows = self.filter(match_key__in=list(keys)).select_related("merged_into")
        found = {buyer.match_key: buyer.stays for buyer in rows}
        if user is None or not found:
            return found
        seen = set(
            self.model.objects.visible_to(user)
            .filter(pk__in={b.pk for b in found.values()})
            .values_list("pk", flat=True)
        )
        return {key: buyer for key, buyer in found.items() if buyer.pk in seen}

    def staying(self, pk, user):
        """The buyer whom this number leads to, across merges, if the person may see them; else None. `pk` may be typed text."""
        if isinstance(pk, str):
            pk = int(pk) if pk.isdecimal() and len(pk) < 19 else 0
        found = self.filter(pk=pk).select_related("merged_into").first() if 0 < pk < 2**63 else None
        if found is None:
            return None
        return found.stays if not user.channel_codes else self.visible_to(user).filter(pk=found.stays.pk).first()

    def visible_to(self, user) -> "CustomerQuerySet":
        """Buyers this person may see: all, or those who bought on the channels named on the person."""
        if not user.channel_codes:
            return self
        theirs = self.model._meta.get_field("orders").related_model.objects.filter(customer=models.OuterRef("pk"))
        return self.filter(models.Exists(theirs.visible_to(user)))

    def search(self, text: str) -> "CustomerQuerySet":
        """Buyers by a name, an e-mail, a phone however it is written: of one of their orders, or at the beginning of their own."""
        number = re.fullmatch(r"[\d\s+()\-.]+", text)
        text = re.sub(r"\D", "", text).lstrip("0") if number else text.strip()
        orders = self.model._meta.get_field("orders").related_model.objects.search(text).filter(customer__isnull=False)
        found = orders.order_by("-placed_at", "-id").values("customer_id")[:BUYERS_OF]
        called = self._called(text, number=bool(number))
        return self.present().filter(models.Q(pk__in=found) | models.Q(pk__in=called))

    def by_phone(self, e164: str) -> "CustomerQuerySet":
        """Buyers whose number this is, however it is written, as long as its country stands before it."""
        return self.alias(of=PHONE_DIGITS).filter(of=e164.lstrip("+")).exclude(phone="")

    def _called(self, text: str, *, number: bool) -> list[int]:
        """Ids of those whose own name, company, e-mail or phone begins with `text`, or that of one merged into them; each part
        reads an index of its own."""
        rows, begins = self.model.objects.all(), text.lower()
        if not begins:
            return []
        if number:
            parts = [
                rows.alias(of=PHONE_DIGITS).filter(of__startswith=f"{code}{begins}") for code in ("", *CALLING_CODES)
            ]
            parts = [part.exclude(phone="") for part in parts]
        else:
            parts = [rows.alias(of=Lower("name")).filter(of__startswith=begins)]
            parts += [
                rows.alias(of=Lower(n)).filter(of__startswith=begins).exclude(**{n: ""}) for n in ("company", "email")
            ]
        ids = [part.order_by().values_list(Coalesce("merged_into_id", "pk"), flat=True) for part in parts]
        return list(ids[0].union(*ids[1:])[:BUYERS_OF])


class MentionQuerySet(models.QuerySet):
    def visible_to(self, user) -> "MentionQuerySet":
        """Those that call this person, about orders they may see."""
        mine = self.filter(user=user)
        return mine.filter(note__order__channel__code__in=user.channel_codes) if user.channel_codes else mine

    def unread(self) -> "MentionQuerySet":
        return self.filter(seen_at__isnull=True)


class PromiseQuerySet(models.QuerySet):
    """Rows of the promise ledger."""

    def visible_to(self, user) -> "PromiseQuerySet":
        return self.filter(order__channel__code__in=user.channel_codes) if user.channel_codes else self

    def current(self) -> "PromiseQuerySet":
        return self.filter(ended_at__isnull=True)

    def breaking(self, on) -> "PromiseQuerySet":
        """The customer counts on a day that supply does not keep any more, or that is over on the day `on`."""
        from orders.models.promise import BREAKING

        return self.current().filter(BREAKING | models.Q(promised_on__lt=on) | models.Q(due_on__lt=on))

    def unsupplied(self) -> "PromiseQuerySet":
        """Some of the units are on nobody's order."""
        return self.current().filter(due_on__isnull=True)


class ToldStockQuerySet(PlacedQuerySet):
    """Figures that channels were told; searched as stock is."""

    def visible_to(self, user) -> "ToldStockQuerySet":
        return self.filter(channel__code__in=user.channel_codes) if user.channel_codes else self

    def unsent(self) -> "ToldStockQuerySet":
        """In no message yet."""
        return self.filter(sequence__gt=models.F("channel__stock_feed__sent"))
