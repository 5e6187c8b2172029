"""Switch one check on, as an admin does, and look at what it held."""

from orders.models import ApprovalRule, CheckRule, Hold, Order


def switch_on(key: str, **fields) -> CheckRule:
    """Only this check is on."""
    CheckRule.objects.exclude(key=key).update(is_on=False)
    rule = CheckRule.objects.get(key=key)
    for name, value in {"is_on": True, **fields}.items():
        setattr(rule, name, value)
    rule.save()
    return rule


def limits(currency: str = "INR", **fields) -> ApprovalRule:
    return ApprovalRule.objects.create(currency=currency, **fields)


def held(order: Order) -> list[tuple[str, str]]:
    """Rule and sentence of the order's open check holds."""
    return list(
        Hold.objects.filter(order=order, cleared_at__isnull=True).exclude(rule="").values_list("rule", "detail")
    )
