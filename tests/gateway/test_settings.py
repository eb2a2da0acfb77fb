"""Settings: where they come from, and every mistake in them at once."""

import os

import pytest

from gateway.settings import Settings, SettingsError

TOKEN = "t" * 43
CHANNEL = f"""
[channel.at]
provider = "africastalking"
token = ["{TOKEN}"]
username = "sandbox"
api_key = "secret"
api_url = "http://127.0.0.1:9000/version1"
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    """An environment without settings, in an empty folder."""
    for name in list(os.environ):
        if name.startswith("JAABI_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def mistakes(**given):
    with pytest.raises(SettingsError) as caught:
        Settings.load(**given)
    return caught.value.mistakes


def write_channels(folder, text):
    path = folder / "channels.toml"
    path.write_text(text)
    return path


def test_without_any_setting_everything_lies_in_var(tmp_path):
    settings = Settings.load()
    assert settings.home == tmp_path / "var"
    assert settings.database_url == f"sqlite:///{tmp_path / 'var' / 'jaabi.db'}"
    assert settings.owner_url == settings.database_url
    assert settings.public_url == "http://127.0.0.1:8000"
    assert (settings.port, settings.console_port, settings.acceptor_port) == (8000, 8001, 8002)
    assert settings.keys == tmp_path / "var" / "keys"
    assert settings.service_code == "*123#"
    assert settings.redis_url is None
    assert not settings.is_demo
    assert settings.channel == {}


def test_the_environment_wins_over_a_named_file_and_that_over_the_env_file(environment, tmp_path):
    (tmp_path / ".env").write_text("JAABI_PORT=8101\nJAABI_SERVICE_CODE=*1#\nJAABI_HOST=h\n")
    (tmp_path / "code").write_text("*22#\n")
    environment.setenv("JAABI_SERVICE_CODE_FILE", str(tmp_path / "code"))
    environment.setenv("JAABI_PORT", "8102")
    settings = Settings.load()
    assert (settings.port, settings.service_code, settings.host) == (8102, "*22#", "h")


def test_a_secret_url_can_come_from_a_file(environment, tmp_path):
    (tmp_path / "url").write_text("postgresql+psycopg://jaabi:word@db/jaabi\n")
    environment.setenv("JAABI_DATABASE_URL_FILE", str(tmp_path / "url"))
    settings = Settings.load()
    assert settings.database_url.endswith("@db/jaabi")
    assert "word" not in repr(settings)


def test_the_public_address_follows_host_and_port(environment):
    environment.setenv("JAABI_PORT", "8123")
    assert Settings.load().public_url == "http://127.0.0.1:8123"


def test_every_mistake_is_said_at_once_and_in_words(environment, tmp_path):
    environment.setenv("JAABI_PORT", "eight thousand")
    environment.setenv("JAABI_DEMO", "maybe")
    environment.setenv("JAABI_DATABASE_URL", "mysql://db/jaabi")
    environment.setenv("JAABI_REDIS_URL", "http://valkey")
    environment.setenv("JAABI_SERVICE_CODE", "123")
    environment.setenv("JAABI_CHANNELS", str(tmp_path / "absent.toml"))
    environment.setenv("JAABI_PUBLIC_URL_FILE", str(tmp_path / "absent"))
    said = mistakes()
    for name in ("PORT", "DEMO", "DATABASE_URL", "REDIS_URL", "SERVICE_CODE", "PUBLIC_URL"):
        assert sum(sentence.startswith(f"JAABI_{name}: ") for sentence in said) == 1, said
    assert any("absent.toml" in sentence for sentence in said)
    assert len(said) == 7


def test_the_demo_refuses_postgresql_unless_forced(environment):
    environment.setenv("JAABI_DATABASE_URL", "postgresql+psycopg://db/jaabi")
    environment.setenv("JAABI_DEMO", "on")
    [said] = mistakes()
    assert "JAABI_DEMO=force" in said
    environment.setenv("JAABI_DEMO", "force")
    assert Settings.load().is_demo


def test_a_channel_is_read_with_its_defaults(tmp_path):
    write_channels(tmp_path, CHANNEL)
    channel = Settings.load(home=tmp_path).channel["at"]
    assert channel.tokens == (TOKEN,)
    assert (channel.prefixes, channel.price, channel.rate) == ((), 0, 20)
    assert channel.api_key.get_secret_value() == "secret"
    assert not channel.wide
    assert "secret" not in repr(channel)
    assert TOKEN not in repr(channel)


def test_a_channel_may_carry_more_than_gsm_7(tmp_path):
    write_channels(tmp_path, CHANNEL + 'alphabet = "ucs2"\n')
    assert Settings.load(home=tmp_path).channel["at"].wide
    write_channels(tmp_path, CHANNEL + 'alphabet = "utf8"\n')
    assert len(mistakes(home=tmp_path)) == 1


def test_secrets_of_a_channel_come_from_the_environment_or_a_file(environment, tmp_path):
    (tmp_path / "token").write_text(TOKEN + "\n")
    environment.setenv("AT_API_KEY", "from the environment")
    text = CHANNEL.replace('"secret"', '"env:AT_API_KEY"')
    write_channels(tmp_path, text.replace(f'"{TOKEN}"', f'"file:{tmp_path / "token"}"'))
    channel = Settings.load(home=tmp_path).channel["at"]
    assert channel.api_key.get_secret_value() == "from the environment"
    assert channel.tokens == (TOKEN,)


WRONG = [
    ('provider = "africastalking"', 'provider = "pigeon"', "provider: must be"),
    (TOKEN, "short", "must be 32 characters or more"),
    (TOKEN, "t" * 40 + "/../x", "must be 32 characters or more"),
    (f'"{TOKEN}"', "", "must be a list of one or two"),
    ("[channel.at]", "[channels.at]", "begin a table with [channel.NAME]"),
    ("[channel.at]", "[channel.at]\nprefixes = ['223']", "a plus and digits, like +2237"),
    ("[channel.at]", "[channel.at]\nservice_code = '123'", "must look like *123#"),
    ("[channel.at]", "[channel.at]\nprice = inf", "price: must be a number"),
    ("[channel.at]", "[channel.at]\nrate = 0", "rate: is too small"),
    ('"sandbox"', '""', "username: is empty"),
    ("http://127.0.0.1:9000", "http://", "name a host"),
    ('username = "sandbox"', "", "username: is missing"),
    ('"secret"', '"env:NOBODY_SET_THIS"', "the environment has no NOBODY_SET_THIS"),
    ('"secret"', '"file:absent"', "file absent cannot be read"),
    ("http://127", "ftp://127", "must begin with http"),
    ("[channel.at]", '[channel."A/../T"]', "channel"),
    ("[channel.at]", "[channel.at]\nsenderr = '36000'", "is not a setting of this provider"),
    ("[channel.at]", "[channel.at", "channels.toml"),
]


@pytest.mark.parametrize(("right", "wrong", "said"), WRONG, ids=[one[2] for one in WRONG])
def test_a_mistake_in_a_channel_is_said_with_its_place(tmp_path, right, wrong, said):
    write_channels(tmp_path, CHANNEL.replace(right, wrong, 1))
    found = mistakes(home=tmp_path)
    assert any(said in sentence and "channels.toml" in sentence for sentence in found), found


def test_of_two_wrong_tokens_both_are_said_and_nothing_that_is_right(tmp_path):
    text = CHANNEL.replace(f'"{TOKEN}"', '"short", "env:NOBODY_SET_THIS"')
    write_channels(tmp_path, text)
    first, second = mistakes(home=tmp_path)
    assert "token.0: must be 32 characters" in first
    assert "token.1: the environment has no NOBODY_SET_THIS" in second


def test_a_public_address_is_a_web_address_and_ends_without_a_slash(environment):
    environment.setenv("JAABI_PUBLIC_URL", "https://gw.example.org/")
    assert Settings.load().public_url == "https://gw.example.org"
    environment.setenv("JAABI_PUBLIC_URL", "gw.example.org")
    assert mistakes() == ["JAABI_PUBLIC_URL: must begin with http:// or https:// and name a host"]


AWAY = [
    'api_url = "https://example.org/version1"',
    'api_url = "http://127.0.0.1.example.org"',
    'api_url = "http://10.0.0.1:9000"',
    "",
]


@pytest.mark.parametrize("line", AWAY)
def test_the_demo_speaks_to_nobody_outside_this_machine(tmp_path, line):
    write_channels(tmp_path, CHANNEL.replace('api_url = "http://127.0.0.1:9000/version1"', line))
    [said] = mistakes(home=tmp_path, demo="on")
    assert "api_url of at must be on 127.0.0.1" in said
    assert Settings.load(home=tmp_path).channel["at"].username == "sandbox"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.8.8.8"])
def test_the_demo_speaks_to_this_machine_by_any_of_its_names(tmp_path, host):
    write_channels(tmp_path, CHANNEL.replace("127.0.0.1", host))
    assert Settings.load(home=tmp_path, demo="on").channel


def test_addresses_of_sockets_are_short_and_differ_by_home(tmp_path):
    one, other = (Settings.load(home=tmp_path / name) for name in ("one", "o" * 200))
    assert one.keeper_socket != other.keeper_socket
    assert len(str(other.keeper_socket)) < 108
    assert Settings.load(home=tmp_path / "one").valkey_socket == one.valkey_socket
