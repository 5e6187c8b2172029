"""Countries by ISO 3166 code and by their English names, as people and exports write them; a country's first name is ours."""

_NAMES = """
AD Andorra | AE United Arab Emirates | AF Afghanistan | AG Antigua and Barbuda | AI Anguilla | AL Albania | AM Armenia |
AO Angola | AR Argentina | AT Austria | AU Australia | AW Aruba | AX Åland Islands | AZ Azerbaijan |
BA Bosnia and Herzegovina | BB Barbados | BD Bangladesh | BE Belgium | BF Burkina Faso | BG Bulgaria | BH Bahrain |
BI Burundi | BJ Benin | BM Bermuda | BN Brunei | BO Bolivia | BR Brazil | BS The Bahamas | BS Bahamas | BT Bhutan |
BW Botswana | BY Belarus | BZ Belize | CA Canada | CD Democratic Republic of the Congo | CF Central African Republic |
CG Congo | CH Switzerland | CI Ivory Coast | CI Côte d'Ivoire | CK Cook Islands | CL Chile | CM Cameroon | CN China |
CO Colombia | CR Costa Rica | CU Cuba | CV Cape Verde | CW Curaçao | CY Cyprus | CZ Czech Republic | CZ Czechia |
DE Germany | DJ Djibouti | DK Denmark | DM Dominica | DO Dominican Republic | DZ Algeria | EC Ecuador | EE Estonia |
EG Egypt | ER Eritrea | ES Spain | ET Ethiopia | FI Finland | FJ Fiji | FK Falkland Islands | FM Micronesia |
FO Faroe Islands | FR France | GA Gabon | GB United Kingdom | GB Great Britain | GB UK | GD Grenada | GE Georgia |
GF French Guiana | GG Guernsey | GH Ghana | GI Gibraltar | GL Greenland | GM Gambia | GN Guinea | GP Guadeloupe |
GQ Equatorial Guinea | GR Greece | GT Guatemala | GU Guam | GW Guinea-Bissau | GY Guyana | HK Hong Kong | HN Honduras |
HR Croatia | HT Haiti | HU Hungary | ID Indonesia | IE Ireland | IL Israel | IM Isle of Man | IN India | IQ Iraq |
IR Iran | IS Iceland | IT Italy | JE Jersey | JM Jamaica | JO Jordan | JP Japan | KE Kenya | KG Kyrgyzstan | KH Cambodia
| KI Kiribati | KM Comoros | KN Saint Kitts and Nevis | KP North Korea | KR South Korea | KR Korea, Republic of |
KW Kuwait | KY Cayman Islands | KZ Kazakhstan | LA Laos | LB Lebanon | LC Saint Lucia | LI Liechtenstein | LK Sri Lanka
| LR Liberia | LS Lesotho | LT Lithuania | LU Luxembourg | LV Latvia | LY Libya | MA Morocco | MC Monaco | MD Moldova |
ME Montenegro | MG Madagascar | MH Marshall Islands | MK North Macedonia | ML Mali | MM Myanmar | MN Mongolia | MO Macao
| MO Macau | MP Northern Mariana Islands | MQ Martinique | MR Mauritania | MT Malta | MU Mauritius | MV Maldives |
MW Malawi | MX Mexico | MY Malaysia | MZ Mozambique | NA Namibia | NC New Caledonia | NE Niger | NG Nigeria |
NI Nicaragua | NL Netherlands | NL The Netherlands | NO Norway | NP Nepal | NR Nauru | NZ New Zealand | OM Oman |
PA Panama | PE Peru | PF French Polynesia | PG Papua New Guinea | PH Philippines | PH The Philippines | PK Pakistan |
PL Poland | PR Puerto Rico | PS Palestine | PT Portugal | PW Palau | PY Paraguay | QA Qatar | RE Réunion | RE Reunion |
RO Romania | RS Serbia | RU Russia | RU Russian Federation | RW Rwanda | SA Saudi Arabia | SB Solomon Islands |
SC Seychelles | SD Sudan | SE Sweden | SG Singapore | SI Slovenia | SK Slovakia | SL Sierra Leone | SM San Marino |
SN Senegal | SO Somalia | SR Suriname | SS South Sudan | SV El Salvador | SX Sint Maarten | SY Syria | SZ Eswatini |
TC Turks and Caicos Islands | TD Chad | TG Togo | TH Thailand | TJ Tajikistan | TL Timor-Leste | TM Turkmenistan |
TN Tunisia | TO Tonga | TR Turkey | TR Türkiye | TT Trinidad and Tobago | TV Tuvalu | TW Taiwan | TZ Tanzania |
UA Ukraine | UG Uganda | US United States | US United States of America | US USA | UY Uruguay | UZ Uzbekistan |
VA Vatican City | VC Saint Vincent and the Grenadines | VE Venezuela | VG British Virgin Islands |
VI U.S. Virgin Islands | VN Vietnam | VN Viet Nam | VU Vanuatu | WS Samoa | XK Kosovo | YE Yemen | YT Mayotte |
ZA South Africa | ZM Zambia | ZW Zimbabwe
"""
_PAIRS = [(pair.strip()[:2], pair.strip()[3:]) for pair in " ".join(_NAMES.split()).split("|")]
COUNTRIES = {name.casefold(): code for code, name in _PAIRS}
_BY_CODE = dict(reversed(_PAIRS))


def country_name(code: str | None) -> str:
    """India for IN; what is no code stays as it is."""
    return _BY_CODE.get(code or "", code or "")
