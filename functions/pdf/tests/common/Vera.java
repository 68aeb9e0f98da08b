// Validates PDFs with veraPDF's engine and profiles: `java -cp JAR Vera.java [3B=]FILE…`.
//
// Without a flavour before the file, it is what the file's own XMP claims. One line a file (name, flavour, verdict),
// one line more for each rule that fails. The profiles are read here, without JAXB, which Java no longer has.
import java.io.FileInputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class Vera {
    public static void main(String[] files) throws Exception {
        Logger.getLogger("").setLevel(Level.OFF);
        VeraGreenfieldFoundryProvider.initialise();
        for (String argument : files) {
            int at = argument.indexOf('=');
            String file = argument.substring(at + 1);
            var wanted = at < 0 ? PDFAFlavour.NO_FLAVOUR : PDFAFlavour.fromString(argument.substring(0, at).toLowerCase());
            try (var in = new FileInputStream(file);
                    var parser = at < 0 ? Foundries.defaultInstance().createParser(in)
                            : Foundries.defaultInstance().createParser(in, wanted)) {
                var flavours = parser.getFlavours();
                if (flavours.isEmpty() || flavours.get(0) == PDFAFlavour.NO_FLAVOUR) {
                    System.out.println(file + "\tno claim");
                    continue;
                }
                var flavour = flavours.get(0);
                var result = Foundries.defaultInstance().createValidator(profile(flavour), false).validate(parser);
                System.out.println(file + "\t" + flavour.getId() + "\t" + (result.isCompliant() ? "compliant" : "not compliant"));
                var failures = new LinkedHashMap<String, String>();
                for (TestAssertion test : result.getTestAssertions()) {
                    if (test.getStatus() == TestAssertion.Status.FAILED) {
                        failures.putIfAbsent(test.getRuleId().getClause() + "-" + test.getRuleId().getTestNumber(),
                                test.getMessage() + " @ " + test.getLocation().getContext());
                    }
                }
                failures.forEach((rule, what) -> System.out.println("\t" + rule + "\t" + what));
            }
        }
    }

    static ValidationProfile profile(PDFAFlavour flavour) throws Exception {
        String name = "/org/verapdf/pdfa/validation/PDFA-" + flavour.getId().toUpperCase() + ".xml";
        var document = DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder()
                .parse(Vera.class.getClassLoader().getResourceAsStream(name.substring(1)));
        Set<Rule> rules = new HashSet<>();
        for (Element rule : elements(document.getDocumentElement(), "rule")) {
            Element id = elements(rule, "id").get(0);
            var ruleId = Profiles.ruleIdFromValues(flavour.getPart(), id.getAttribute("clause"),
                    Integer.parseInt(id.getAttribute("testNumber")));
            rules.add(Profiles.ruleFromValues(ruleId, rule.getAttribute("object"),
                    Boolean.valueOf(rule.getAttribute("deferred")), null, text(rule, "description"), text(rule, "test"),
                    Profiles.errorFromValues(text(rule, "message"), List.of()), List.of()));
        }
        Set<Variable> variables = new HashSet<>();
        for (Element variable : elements(document.getDocumentElement(), "variable")) {
            variables.add(Profiles.variableFromValues(variable.getAttribute("name"), variable.getAttribute("object"),
                    text(variable, "defaultValue"), text(variable, "value")));
        }
        if (rules.size() < 50) {
            throw new IllegalStateException("the profile has too few rules: " + rules.size());
        }
        var details = Profiles.profileDetailsFromValues(flavour.getId(), "", "", new java.util.Date(0));
        return Profiles.profileFromValues(flavour, details, "", rules, variables);
    }

    static List<Element> elements(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    static String text(Element parent, String name) {
        return elements(parent, name).get(0).getTextContent();
    }
}
