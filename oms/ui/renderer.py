"""Django's form widgets without a template per input, option and attribute list: the same bytes.

A page with filters renders some fifty widgets; as nested templates they were about a quarter of its profile. Widgets not written
here go through their templates as before.
"""

from collections.abc import Callable
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

Widget = dict[str, Any]
FOLDER = "django/forms/widgets/"
INPUTS = ("input", "text", "number", "email", "url", "tel", "search", "color", "date", "datetime", "time", "password",
          "hidden", "checkbox")  # fmt: skip


def _attrs(attrs: Widget) -> str:
    parts = []
    for name, value in attrs.items():
        if value is True:
            parts.append(f" {conditional_escape(name)}")
        elif value is not False:
            parts.append(f' {conditional_escape(name)}="{_text(value)}"')
    return "".join(parts)


def _text(value: Any) -> str:
    # As {{ value|stringformat:"s" }}: what is marked safe stays as it is.
    return conditional_escape(value if isinstance(value, SafeString) else str(value))


def _input(w: Widget) -> str:
    value = "" if w["value"] is None else f' value="{_text(w["value"])}"'
    return f'<input type="{conditional_escape(w["type"])}" name="{conditional_escape(w["name"])}"{value}{_attrs(w["attrs"])}>'


def _labelled(w: Widget) -> str:
    if not w.get("wrap_label"):
        return _input(w)
    target = f' for="{conditional_escape(w["attrs"]["id"])}"' if w["attrs"].get("id") else ""
    return f"<label{target}>{_input(w)}\n {conditional_escape(w['label'])}</label>"


def _option(w: Widget) -> str:
    return f'<option value="{_text(w["value"])}"{_attrs(w["attrs"])}>{conditional_escape(w["label"])}</option>'


def _select(w: Widget) -> str:
    parts = [f'<select name="{conditional_escape(w["name"])}"{_attrs(w["attrs"])}>']
    for group, options, _ in w["optgroups"]:
        parts += [f'\n  <optgroup label="{conditional_escape(group)}">'] if group else []
        parts += [f"\n  {_option(option)}\n" for option in options]
        parts += ["\n  </optgroup>"] if group else []
    return "".join([*parts, "\n</select>"])


def _boxes(w: Widget) -> str:
    """A list of checkboxes or of radio buttons."""
    name = "".join(f' {key}="{_text(w["attrs"][key])}"' for key in ("id", "class") if w["attrs"].get(key))
    parts = [f"<div{name}>"]
    for group, options, _ in w["optgroups"]:
        parts += [f"\n  <div><label>{conditional_escape(group)}</label>"] if group else []
        parts += [f"<div>\n    {_labelled(option)}\n\n</div>" for option in options]
        parts += ["\n  </div>"] if group else []
    return "".join([*parts, "\n</div>"])


WRITTEN: dict[str, Callable[[Widget], str]] = {f"{FOLDER}{name}.html": _input for name in INPUTS}
WRITTEN |= {f"{FOLDER}{name}_option.html": _labelled for name in ("checkbox", "radio")}
WRITTEN |= {f"{FOLDER}{name}.html": _boxes for name in ("checkbox_select", "radio")}
WRITTEN |= {f"{FOLDER}select.html": _select, f"{FOLDER}select_option.html": _option}


class WidgetsInPython(TemplatesSetting):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if write := WRITTEN.get(template_name):
            return mark_safe(write(context["widget"]))  # noqa: S308  every part is escaped above
        return super().render(template_name, context, request)
