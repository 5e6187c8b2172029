"""A return brought to a state through the real actions."""

from returns.actions.decide import approve_return
from returns.actions.inspect import Finding, inspect_return
from returns.actions.receive import receive_return
from returns.actions.request import request_return
from returns.actions.resolve import Settlement, resolve_return
from returns.models import Return


def asked(order, qty, *, actor, **kwargs) -> Return:
    line = order.lines.get()
    return request_return(order.number, quantities={line.pk: qty}, reason="damaged", actor=actor, **kwargs)


def approved(order, qty, *, actor) -> Return:
    return approve_return(asked(order, qty, actor=actor).number, actor=actor)


def received(order, qty, *, actor) -> Return:
    rma = approved(order, qty, actor=actor)
    return receive_return(rma.number, quantities={rma.lines.get().pk: qty}, location="pune", actor=actor)


def inspected(order, qty, *, actor, disposition="restock", condition="as_new") -> Return:
    rma = received(order, qty, actor=actor)
    finding = Finding(rma.lines.get().pk, qty, condition, disposition)
    return inspect_return(rma.number, findings=[finding], actor=actor)


def settled(order, qty, *, actor, outcome="refund", accepted=None, **kwargs) -> Return:
    rma = inspected(order, qty, actor=actor)
    settlement = Settlement(outcome, qty if accepted is None else accepted)
    return resolve_return(rma.number, settlements={rma.lines.get().pk: settlement}, actor=actor, **kwargs)
