package dev.headwater.pipelines.init;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * What is guessed of data.
 *
 * @param time null: no column tells when rows happened
 */
record Guess(@Nullable TimeGuess time, LabelGuess label, InputGuess inputs) {
  /** The role of each column, in a few words. */
  Map<String, String> roles(Look look) {
    Map<String, String> roles = new LinkedHashMap<>();
    for (Types.NestedField column : look.columns()) {
      String name = column.name();
      String why = inputs.without().get(name);
      List<String> all = new ArrayList<>();
      if (time != null && time.column().equals(name)) {
        all.add("time");
      }
      if (label.columns().contains(name)) {
        all.add("label");
      }
      roles.put(
          name, all.isEmpty() ? Optional.ofNullable(why).orElse("input") : String.join(", ", all));
    }
    return roles;
  }
}
