package dev.headwater.validate;

import dev.headwater.files.BadRow;
import dev.headwater.files.RawRow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row that can't be in its table.
 *
 * @param source the file, the topic, or the transform
 * @param position the row in a file, its byte in a text, its offset in a topic; -1: nowhere
 * @param reasons why; at least one, the first rule first
 * @param row its values as JSON, where it could be decoded
 * @param raw what it was before; null where the values say it all
 */
public record Letter(
    String source,
    long position,
    List<Reason> reasons,
    @Nullable String row,
    @Nullable RawRow raw) {
  /**
   * A rule that it broke.
   *
   * @param code for programs
   * @param sentence for people
   * @param column what it is about, if it is one column
   * @param value what stands there
   */
  public record Reason(
      String code, String sentence, @Nullable String column, @Nullable String value) {}

  public Letter {
    reasons = List.copyOf(reasons);
    if (reasons.isEmpty()) {
      throw new IllegalArgumentException("a letter without a reason");
    }
  }

  /** Of a row that can't be decoded. */
  public static Letter of(String source, BadRow row, RawRow raw) {
    List<Reason> reasons = new ArrayList<>();
    reasons.add(new Reason(row.code(), row.reason(), row.column(), row.value()));
    for (BadRow.Why why : row.others()) {
      reasons.add(new Reason(why.code(), why.reason(), why.column(), why.value()));
    }
    return new Letter(source, row.position(), reasons, null, raw);
  }
}
