"""Time as the screens say it: durations, moments, and how far a promise is. Pure functions, business zone."""

from datetime import date, datetime, timedelta

from oms.kernel.clock import business_date, business_zone, now

NBSP = "\u00a0"


def duration(span: timedelta) -> str:
    """Two units at most: "40 s", "42 m", "2 h 02 m", "1 d 20 h", "12 d", "2 y". No-break spaces; the sign is dropped."""
    seconds = int(abs(span.total_seconds()))
    days, rest = divmod(seconds, 86400)
    hours, minutes = rest // 3600, rest % 3600 // 60
    if days >= 365:
        text = f"{days // 365} y"
    elif days >= 10:
        text = f"{days} d"
    elif days:
        text = f"{days} d {hours} h" if hours else f"{days} d"
    elif hours:
        text = f"{hours} h {minutes:02d} m"
    else:
        text = f"{minutes} m" if minutes else f"{seconds} s"
    return text.replace(" ", NBSP)


def coarse(span: timedelta) -> str:
    """One unit, rounded down: "3 h", "1 d". For lists, where the second unit is noise."""
    return NBSP.join(duration(span).split(NBSP)[:2])


def moment(at: datetime | date, present: datetime | None = None) -> str:
    """ "Today 14:00", "Tue 17 Mar, 15:20", with the year when it is another one; a date has no clock."""
    present = present or now()
    today = business_date(present)
    local = at.astimezone(business_zone()) if isinstance(at, datetime) else None
    day = local.date() if local else at
    clock = f"{local:%H:%M}" if local else ""
    if day == today:
        return f"Today {clock}".strip()
    words = f"{day:%a} {day.day} {day:%b}" + (f" {day.year}" if day.year != today.year else "")
    return f"{words}, {clock}" if clock else words


def brief(at: datetime, present: datetime | None = None) -> str:
    """A moment for a narrow column: "Today 14:00", "17 Mar 15:20", with the year in place of the clock when it is another."""
    local, today = at.astimezone(business_zone()), business_date(present or now())
    if local.date() == today:
        return f"Today {local:%H:%M}"
    return f"{local.day} {local:%b} " + (f"{local:%H:%M}" if local.year == today.year else f"{local.year}")


def day_of(at: datetime | date) -> str:
    """The day alone: "3 Nov", with the year when it is another one."""
    day = business_date(at) if isinstance(at, datetime) else at
    return f"{day.day} {day:%b}" + (f" {day.year}" if day.year != business_date().year else "")


def stamp(at: datetime | date) -> str:
    """The full date and time in words, for titles and for print."""
    if not isinstance(at, datetime):
        return f"{at:%A} {at.day} {at:%B %Y}"
    local = at.astimezone(business_zone())
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M %Z}"


def machine(at: datetime | date) -> str:
    """ISO 8601 in the business zone, for the `datetime` attribute."""
    return at.astimezone(business_zone()).isoformat(timespec="minutes") if isinstance(at, datetime) else at.isoformat()


def left(due: datetime | date, present: datetime | None = None) -> tuple[timedelta, bool]:
    """How far `due` is, and whether it has passed. A date is due at the end of its business day."""
    present = present or now()
    if isinstance(due, datetime):
        return due - present, due < present
    days = due - business_date(present)
    return days, days < timedelta(0)
