package dev.headwater.lineage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** A contract's results as they stand in an event. */
final class Assertions {
  private Assertions() {}

  static void write(List<Quality.Assertion> assertions, ArrayNode out) {
    for (Quality.Assertion a : assertions) {
      ObjectNode node = out.addObject();
      node.put("assertion", a.rule()).put("success", a.passed()).put("name", a.name());
      node.put("severity", a.severity());
      if (a.column() != null) {
        node.put("column", a.column());
      }
      details(a, node);
    }
  }

  /** What assertions of data sets and tests of runs have in common. */
  static void details(Quality.Assertion a, ObjectNode node) {
    if (a.expected() != null) {
      node.put("expected", a.expected());
    }
    if (a.actual() != null) {
      node.put("actual", a.actual());
    }
    if (a.content() != null) {
      node.put("content", a.content()).put("contentType", "expression");
    }
  }
}
