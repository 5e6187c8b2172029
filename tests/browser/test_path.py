"""An order's whole way in a real browser: with the pointer, with the keyboard alone, and without JavaScript."""

import pytest

from tests.browser.hands import Hands, Keyboard
from tests.browser.path import walk
from tests.conftest import person

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_order_goes_from_the_list_to_the_customers_door(house, sign_in):
    walk(lambda *who: Hands(sign_in(*who)))


def test_the_same_with_the_keyboard_alone(house, sign_in):
    walk(lambda *who: Keyboard(sign_in(*who)))


def test_the_same_without_javascript(house, sign_in):
    walk(lambda *who: Hands(sign_in(*who, java_script_enabled=False)))


@pytest.mark.parametrize("script", [True, False])
def test_signing_in_with_a_password_opens_the_home_page(house, sign_in, script):
    user = person("ana", "sales")
    user.set_password("a long passphrase")
    user.save()
    hands = Hands(sign_in(java_script_enabled=script))
    hands.open("/orders/")
    hands.write("Username", "ana")
    hands.write("Password", "a long passphrase", enter=True)
    hands.page.wait_for_url("**/orders/")
