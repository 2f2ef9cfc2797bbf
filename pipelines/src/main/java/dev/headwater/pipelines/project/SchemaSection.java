package dev.headwater.pipelines.project;

import dev.headwater.catalog.commit.SchemaPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a table's columns may become, as the project file says it. */
final class SchemaSection {
  private SchemaSection() {}

  static SchemaPolicy parse(@Nullable Section s) {
    SchemaPolicy d = SchemaPolicy.DEFAULT;
    if (s == null) {
      return d;
    }
    Boolean add = s.value("add", Values::bool);
    Boolean widen = s.value("widen", Values::bool);
    Boolean optional = s.value("optional", Values::bool);
    Map<String, String> rename = new LinkedHashMap<>();
    Section names = s.section("rename");
    if (names != null) {
      for (String old : names.names()) {
        String now = names.text(old);
        if (now != null) {
          rename.put(old, now);
        }
      }
    }
    String other = s.value("else", t -> Values.oneOf(t, List.of("stop", "letters")));
    s.end();
    return new SchemaPolicy(
        add == null ? d.add() : add,
        widen == null ? d.widen() : widen,
        optional == null ? d.optional() : optional,
        rename,
        other == null ? d.orElse() : SchemaPolicy.Else.valueOf(other.toUpperCase(Locale.ROOT)));
  }

  static Map<String, Object> form(SchemaPolicy policy) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("add", policy.add());
    form.put("widen", policy.widen());
    form.put("optional", policy.optional());
    if (!policy.rename().isEmpty()) {
      form.put("rename", new LinkedHashMap<>(policy.rename()));
    }
    form.put("else", policy.orElse().name().toLowerCase(Locale.ROOT));
    return form;
  }
}
