package dev.headwater.pipelines.project;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a target's stage needs of the place where it runs. What is not said is not needed.
 *
 * @param cluster one that the project declares; null: whichever has the rest
 * @param gpu whether its workers must have one
 * @param memory bytes for each of its slots, of heap and all else; 0: any
 * @param parallelism how many slots; 0: as the command says
 */
public record Resources(@Nullable String cluster, boolean gpu, long memory, int parallelism) {
  /** Anywhere. */
  public static final Resources ANY = new Resources(null, false, 0, 0);

  private static final int MEBI = 20;

  /** "compute: gpu, memory: 8192m". */
  public String text() {
    List<String> words = new ArrayList<>();
    form().forEach((key, value) -> words.add(key + ": " + value));
    return String.join(", ", words);
  }

  /** As the project file has it. */
  Map<String, Object> form() {
    Map<String, Object> form = new LinkedHashMap<>();
    if (cluster != null) {
      form.put("cluster", cluster);
    }
    if (gpu) {
      form.put("compute", "gpu");
    }
    if (memory > 0) {
      form.put("memory", (memory >> MEBI) + "m");
    }
    if (parallelism > 0) {
      form.put("parallelism", parallelism);
    }
    return form;
  }

  static Resources parse(@Nullable Section s) {
    if (s == null) {
      return ANY;
    }
    String cluster = s.text("cluster");
    String compute = s.value("compute", t -> Values.oneOf(t, List.of("cpu", "gpu")));
    Long memory = s.value("memory", Values::bytes);
    Long parallelism = s.value("parallelism", t -> Values.whole(t, 1, 32_768));
    s.end();
    return new Resources(
        cluster,
        "gpu".equals(compute),
        memory == null ? 0 : memory,
        parallelism == null ? 0 : parallelism.intValue());
  }
}
