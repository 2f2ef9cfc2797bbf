package dev.headwater.validate;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.files.BadRow;
import dev.headwater.files.Decoded;
import dev.headwater.files.RawRow;
import dev.headwater.files.RawRows;
import dev.headwater.files.SourceFormat;
import dev.headwater.table.Origin;
import dev.headwater.table.RowCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Letters tried again: decoded as their source's rows are now, checked as the table's are now. One
 * thread; memory holds the rows that are given at once.
 */
public final class Retry {
  private static final String FORM = "form";

  private final Schema schema;
  private final RawRows raws;
  private final Map<String, String> renamed;
  private final @Nullable RowCheck check;

  /** Who is told what became of each row; each of those given is told once. */
  public interface Outcome {
    /**
     * Rows that are fine.
     *
     * @param places in the list that was given
     */
    void good(RowBatch rows, int[] places);

    /** One that is not. */
    void bad(int place, List<Letter.Reason> reasons);
  }

  /** A letter's row, perhaps mended: as bytes where they were kept, otherwise as its values. */
  public record Row(@Nullable RawRow raw, @Nullable String values) {
    /** About how many bytes it takes. */
    public long bytes() {
      return raw != null ? raw.length() : values == null ? 0 : values.length();
    }
  }

  /**
   * For a table as it is now.
   *
   * @param renamed columns that had other names, old to new
   * @param check of the table's rows; null where all are accepted
   */
  public Retry(
      Schema schema,
      SourceFormat format,
      Map<String, String> renamed,
      RowCheck.@Nullable Factory check) {
    this.schema = schema;
    this.renamed = Map.copyOf(renamed);
    this.raws = new RawRows(format, schema, renamed);
    this.check = check == null ? null : check.open(schema);
  }

  /** Tries some rows. */
  public void of(List<Row> rows, Outcome to) {
    List<RawRow> texts = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    RowBatchBuilder values = new RowBatchBuilder(schema);
    List<Integer> valued = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      RawRow raw = rows.get(i).raw();
      String json = rows.get(i).values();
      if (raw != null && !raw.form().equals(RawRow.RECORD)) {
        texts.add(raw);
        places.add(i);
      } else if (raw == null && json != null) {
        if (values(values, json, i, to)) {
          valued.add(i);
        }
      } else {
        to.bad(i, List.of(new Letter.Reason(FORM, "it can't be decoded again yet", null, null)));
      }
    }
    if (!valued.isEmpty()) {
      check(values.build(), valued.stream().mapToInt(Integer::intValue).toArray(), to);
    }
    if (!texts.isEmpty()) {
      raws.decode(texts, decoded -> decoded(decoded, places, to));
    }
  }

  private boolean values(RowBatchBuilder to, String json, int place, Outcome outcome) {
    try {
      to.append(RowValues.of(json, schema, renamed));
      return true;
    } catch (RowValues.NoRow e) {
      outcome.bad(place, List.of(e.reason()));
      return false;
    }
  }

  private void decoded(Decoded decoded, List<Integer> places, Outcome to) {
    for (BadRow row : decoded.bad()) {
      RawRow none = RawRow.text(RawRow.CSV, List.of(), row.raw(), row.length());
      to.bad(places.get((int) row.position()), Letter.of("", row, none).reasons());
    }
    int[] own = new int[decoded.rows().size()];
    for (int i = 0; i < own.length; i++) {
      own[i] = places.get((int) decoded.position(i));
    }
    check(decoded.rows(), own, to);
  }

  private void check(RowBatch rows, int[] places, Outcome to) {
    if (check == null || rows.size() == 0) {
      good(rows, places, to);
      return;
    }
    RowCheck.Checked checked = check.check(rows, Origin.at("", row -> row));
    boolean[] broken = new boolean[rows.size()];
    RowBatch letters = checked.letters();
    if (letters != null) {
      for (StoredLetter letter : StoredLetter.of(letters)) {
        int row = (int) letter.position();
        broken[row] = true;
        to.bad(places[row], letter.reasons());
      }
    }
    int kept = 0;
    int[] those = new int[checked.good().size()];
    for (int row = 0; row < broken.length; row++) {
      if (!broken[row]) {
        those[kept++] = places[row];
      }
    }
    good(checked.good(), those, to);
  }

  private static void good(RowBatch rows, int[] places, Outcome to) {
    if (rows.size() > 0) {
      to.good(rows, places);
    }
  }
}
