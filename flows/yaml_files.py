"""How YAML is read here: by libyaml's parser, ten times as fast, wherever PyYAML was built with it.

Every process reads the definitions as it starts, and whoever was killed starts while people wait.
"""

from typing import Any

import yaml

Loader: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


def read_yaml(text: str) -> Any:
    """Return what a document says, in plain types only. Raises yaml.YAMLError."""
    return yaml.load(text, Loader)  # noqa: S506 both are safe loaders


def compose_yaml(text: str) -> yaml.Node | None:
    """Return a document as nodes that know their lines. Raises yaml.YAMLError."""
    try:
        node: yaml.Node | None = yaml.compose(text, Loader)
    except yaml.YAMLError:
        # PyYAML's own parser says in better words, and the same everywhere, what it expected.
        node = yaml.compose(text, yaml.SafeLoader)
    return node
