"""Label selectors (Kubernetes documentation, "Labels and Selectors")."""

from collections.abc import Mapping

from localcluster.watching import KubernetesObject

Labels = Mapping[str, str]


def matches(selector: KubernetesObject, labels: Labels) -> bool:
    """Whether a selector, as it stands in YAML, chooses an object with these labels; an empty one chooses all."""
    equal = selector.get("matchLabels") or {}
    expressions = selector.get("matchExpressions") or []
    return all(labels.get(key) == value for key, value in equal.items()) and all(
        _holds(expression, labels) for expression in expressions
    )


def _holds(expression: KubernetesObject, labels: Labels) -> bool:
    key, operator, values = expression["key"], expression["operator"], expression.get("values") or []
    match operator:
        case "In":
            return key in labels and labels[key] in values
        case "NotIn":
            return key not in labels or labels[key] not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    raise ValueError(
        f"a label selector has the operator {operator}, which Kubernetes did not know when this was written"
    )
