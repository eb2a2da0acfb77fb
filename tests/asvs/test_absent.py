"""What the table says is not in the code, is not in the code."""

import ast
import re
import tomllib
from functools import cache

import yaml

from flows.yaml_files import Loader
from tests.rules.sources import ROOT, modules

# What would need care if it were here, by the modules that would bring it.
ABSENT = {
    "ldap": "directories",
    "ldap3": "directories",
    "lxml": "XPath, XSL",
    "memcache": "memcache",
    "pymemcache": "memcache",
    "smtplib": "mail",
    "imaplib": "mail",
    "poplib": "mail",
    "pylatex": "LaTeX",
    "markdown": "markup of users",
    "graphene": "GraphQL",
    "graphql": "GraphQL",
    "strawberry": "GraphQL",
    "websocket": "WebSocket",
    "websockets": "WebSocket",
    "flask_sock": "WebSocket",
    "flask_socketio": "WebSocket",
    "aiortc": "WebRTC",
    "jwt": "self-contained tokens",
    "itsdangerous": "self-contained tokens",
    "authlib": "OAuth",
    "oauthlib": "OAuth",
    "requests_oauthlib": "OAuth",
    "saml2": "SAML",
    "onelogin": "SAML",
}
ARCHIVES = {"zipfile", "tarfile", "gzip", "bz2", "lzma", "zlib", "shutil.unpack_archive"}
RUNS_TEXT = {"eval", "exec", "compile", "__import__", "import_module", "unsafe_load", "full_load"}
MAKES_OBJECTS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle"}
WEAK = {"md5", "sha1", "new", "des", "arc4", "blowfish"}
CIPHERS = {"cryptography", "Crypto", "Cryptodome", "OpenSSL", "rsa", "ecdsa"}
ASKS = {"get", "post", "put", "delete", "request", "send", "urlopen"}
DEBUGGERS = {"pdb", "bdb", "code", "debugpy", "werkzeug.debug"}
XML = ("xml.etree.ElementTree", "xml.etree.cElementTree", "xml.etree")

# Looked at one by one: what is built here is built of our own words and constants.
OWN_PATTERNS = {
    "flows/fills.py:names",  # of values, from our definitions
    "flows/passwords.py:pieces",  # each escaped
    "gateway/channels_file.py:pattern",
    "gateway/console/mistakes.py:shape",  # each of a table of ours
    "workers/language_build.py:written",
}
OWN_FORMATS = {
    "gateway/cli_init.py:template",
    "models/append_only.py:engine",
    "models/identity.py:sql",  # the driver's own composing of a constant and quoted literals
}
OWN_MARKUP = {"gateway/console/charts.py"}  # written by ElementTree, which escapes
OWN_SQL = {  # names of tables, roles and settings, none of which comes from outside
    "models/db.py",
    "models/keeper_file.py",
    "models/migrating.py",
    "models/rights.py",
}
OWN_IMPORTS = {"gateway/cli.py: importlib.import_module"}  # of COMMANDS
OWN_ADDRESSES = {"gateway/doctor_host.py", "gateway/simulator/terminal.py"}
FOLLOWS_NOTHING = ("allow_redirects=False", " redirect=False")  # in the words of either library
WRAPPED = {"self._sms.send"}  # goes through gateway/channels/africastalking_line.py


@cache
def nodes():
    """Every import and call of the rooms, with the module it stands in."""
    wanted = (ast.Import, ast.ImportFrom, ast.Call)
    return [
        (name, node)
        for name, _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, wanted)
    ]


@cache
def imported():
    """Every module that the rooms import, whole and by its first name, with who imports it."""
    found = set()
    for name, node in nodes():
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        else:
            continue
        found |= {(name, part) for one in names for part in (one, one.partition(".")[0])}
    return found


@cache
def calls():
    """Every call in the rooms: the module, what is called, and the call."""
    return [
        (name, ast.unparse(node.func), node) for name, node in nodes() if isinstance(node, ast.Call)
    ]


def importers(names):
    return sorted({f"{who} imports {what}" for who, what in imported() if what in names})


def free_words(node):
    """Variables of an expression that are neither constants of ours nor escaped."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in {"re.escape", "escape"}:
        return set()
    if isinstance(node, ast.Name):
        return set() if node.id.strip("_").isupper() else {node.id}
    if isinstance(node, ast.GeneratorExp | ast.ListComp):
        bound = {one.target.id for one in node.generators if isinstance(one.target, ast.Name)}
        inner = [free_words(node.elt) - bound, *(free_words(one.iter) for one in node.generators)]
        return set().union(*inner)
    if isinstance(node, ast.Call):
        parts = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        return set().union(*(free_words(one) for one in [*parts, *node.args]))
    return set().union(*(free_words(one) for one in ast.iter_child_nodes(node)))


def static_files(*suffixes):
    for suffix in suffixes:
        for path in sorted((ROOT / "gateway").rglob(f"*{suffix}")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_interpreters_that_are_said_to_be_absent_are():
    assert importers(ABSENT) == []


def test_nothing_is_run_from_text():
    running = {
        f"{who}: {what}"
        for who, what, _ in calls()
        if what.split(".")[-1] in RUNS_TEXT and not what.startswith("re.")
    }
    assert running == OWN_IMPORTS
    assert importers(MAKES_OBJECTS) == []
    loaders = [ast.unparse(node.args[1]) for _, what, node in calls() if what == "yaml.load"]
    assert set(loaders) <= {"Loader"}
    assert issubclass(Loader, yaml.CSafeLoader | yaml.SafeLoader)


def test_no_program_is_started_through_a_shell():
    shells = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}
    assert [f"{who}: {what}" for who, what, _ in calls() if what in shells] == []
    told = [
        f"{who}:{node.lineno}"
        for who, _, node in calls()
        for keyword in node.keywords
        if keyword.arg == "shell"
    ]
    assert told == []


def test_no_pattern_is_made_of_somebodys_words():
    patterns = {
        f"{who}:{word}"
        for who, what, node in calls()
        if re.fullmatch(r"re\.(compile|search|match|fullmatch|sub|split|find\w+)", what)
        for word in free_words(node.args[0])
    }
    assert patterns == OWN_PATTERNS


def test_no_words_of_anybody_are_a_format():
    formats = {
        f"{who}:{word}"
        for who, what, node in calls()
        if what.endswith((".format", ".format_map"))
        for word in free_words(node.func.value)
    }
    assert formats == OWN_FORMATS


def test_no_template_is_made_of_text():
    makers = {"render_template_string", "from_string", "Template"}
    assert [f"{who}: {what}" for who, what, _ in calls() if what.split(".")[-1] in makers] == []
    unescaped = re.compile(r"\|\s*safe|autoescape\s+false", re.IGNORECASE)
    assert [name for name, text in static_files(".html") if unescaped.search(text)] == []


def test_what_is_not_escaped_is_a_constant_of_ours():
    """What is put into such a constant, by `format` or `join`, is escaped by the library."""
    made = {
        who
        for who, what, node in calls()
        if what.split(".")[-1] == "Markup"
        and [type(one) for one in (*node.args, *node.keywords)] != [ast.Constant]
    }
    assert made == OWN_MARKUP


def test_sql_is_written_by_us_alone():
    """A statement may be put together of names of ours, never of a value."""
    built = {
        who
        for who, what, node in calls()
        if what.split(".")[-1] in {"text", "exec_driver_sql", "execute"} and node.args
        if isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
        if free_words(node.args[0])
    }
    assert built <= OWN_SQL


def test_xml_of_strangers_is_read_by_the_careful_reader_alone():
    readers = {"parse", "fromstring", "XML", "iterparse", "XMLParser", "XMLPullParser"}
    names = {f"{library}.{one}" for library in XML for one in readers}
    assert importers(names | {"lxml", "xml.sax.parse", "xml.dom.minidom", "xml.parsers"}) == []
    assert "defusedxml.ElementTree" in {what for _, what in imported()}


def test_no_archive_is_opened():
    assert importers(ARCHIVES) == []


def test_no_file_of_anybody_is_served():
    assert importers({"flask.send_file", "flask.send_from_directory"}) == []
    serving = {
        who
        for who, what, node in calls()
        if what in {"Flask", "Blueprint"}
        for keyword in node.keywords
        if keyword.arg == "static_folder" and ast.unparse(keyword.value) != "None"
    }
    assert serving <= {"gateway/simulator/page.py", "gateway/console/application.py"}


def test_no_path_is_made_of_a_request():
    reading = {who for who, what in imported() if what == "flask.request"}
    assert [
        f"{who}: {what}"
        for who, what, _ in calls()
        if who in reading and what in {"open", "Path", "pathlib.Path", "os.path.join"}
    ] == []


def test_chance_for_secrets_comes_from_the_system():
    assert importers({"random", "numpy"}) == []
    draws = {
        ast.unparse(keyword.value)
        for who, _, node in calls()
        for keyword in node.keywords
        if keyword.arg == "draw" and who.startswith("gateway/")
    }
    assert draws == {"secrets.randbelow"}


def test_no_cipher_and_no_hash_of_our_own():
    assert importers(CIPHERS) == []
    assert importers({f"hashlib.{one}" for one in WEAK}) == []
    weak = {f"hashlib.{one}" for one in WEAK}
    assert [who for who, what, _ in calls() if what in weak] == []
    keyed = {ast.unparse(node.args[2]) for _, what, node in calls() if what == "hmac.new"}
    assert keyed <= {"sha256", "hashlib.sha256"}


def test_certificates_are_checked_and_redirects_not_followed():
    told = [
        (who, node.lineno, keyword.arg, ast.unparse(keyword.value))
        for who, _, node in calls()
        for keyword in node.keywords
        if keyword.arg in {"verify", "check_hostname", "cert_reqs"}
    ]
    assert told == []
    assert importers({"ssl._create_unverified_context", "ssl.CERT_NONE"}) == []
    following = [
        f"{who}:{node.lineno}"
        for who, what, node in calls()
        if what.split(".")[-1] in ASKS
        and what not in WRAPPED
        and not what.endswith("_ended.get")  # a queue
        and who not in OWN_ADDRESSES
        and any(one.arg == "timeout" for one in node.keywords)
        and not any(word in ast.unparse(node) for word in FOLLOWS_NOTHING)
    ]
    assert following == []


def test_no_debugger_is_ever_on():
    assert importers(DEBUGGERS) == []
    assert [who for who, what, _ in calls() if what == "breakpoint"] == []
    assert [
        f"{who}:{node.lineno}"
        for who, _, node in calls()
        for keyword in node.keywords
        if keyword.arg in {"debug", "use_debugger", "use_reloader"}
        and ast.unparse(keyword.value) != "False"
    ] == []


def test_no_room_imports_what_is_for_tests():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    tools = {
        re.match(r"[\w-]+", one).group().replace("-", "_").lower()
        for one in project["optional-dependencies"]["dev"]
    }
    assert importers(tools | {"tests", "bench"}) == []


def test_scripts_of_pages_write_no_markup_and_keep_nothing():
    scripts = list(static_files(".js"))
    assert scripts
    kept = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie|serviceWorker")
    written = re.compile(
        r"innerHTML\s*\+?=(?!\s*'';)|outerHTML|insertAdjacentHTML|document\.write"
        r"|\beval\(|new Function|postMessage|__proto__|setTimeout\('"
    )
    elsewhere = re.compile(r"https?://(?!www\.w3\.org)")
    assert [name for name, text in scripts if kept.search(text)] == []
    assert [name for name, text in scripts if written.search(text)] == []
    assert [
        name for name, text in [*scripts, *static_files(".html", ".css")] if elsewhere.search(text)
    ] == []
