package dev.headwater.pipelines;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a question about a project gives: blocks for people, the same as data for programs.
 *
 * @param data values that JSON has (maps, lists, strings, numbers, booleans, null)
 * @param exitStatus 0, or what the command ends with
 */
public record Answer(List<Block> blocks, Map<String, Object> data, int exitStatus) {
  /** A piece of text. */
  public sealed interface Block {
    /** One line as it is. */
    record Line(String text) implements Block {}

    /** Rows under headings; columns whose cells are all numbers align right. */
    record Grid(List<String> columns, List<List<String>> rows) implements Block {
      public Grid {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
      }
    }

    /**
     * A picture: shown where one is asked for, left out of text.
     *
     * @param dot in the DOT language
     * @param html makes it as a page of its own
     */
    record Graph(String dot, Supplier<String> html) implements Block {}

    /** Names and what they are, aligned. */
    record Facts(Map<String, String> facts) implements Block {
      public Facts {
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
      }
    }
  }

  public Answer {
    blocks = List.copyOf(blocks);
    data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
  }

  /** What was said of several, by their names; of one alone it is what was said. */
  public static Answer each(Map<String, Answer> each) {
    if (each.size() == 1) {
      return each.values().iterator().next();
    }
    List<Block> blocks = new ArrayList<>();
    Map<String, Object> data = new LinkedHashMap<>();
    each.forEach(
        (name, answer) -> {
          if (!blocks.isEmpty()) {
            blocks.add(new Block.Line(""));
          }
          blocks.add(new Block.Line(name));
          blocks.addAll(answer.blocks);
          data.put(name, answer.data);
        });
    int worst = each.values().stream().mapToInt(Answer::exitStatus).max().orElse(0);
    return new Answer(blocks, Map.of("targets", data), worst);
  }

  public static Answer of(Map<String, Object> data, Block... blocks) {
    return new Answer(List.of(blocks), data, 0);
  }

  public static Answer of(Map<String, Object> data, List<Block> blocks) {
    return new Answer(blocks, data, 0);
  }
}
