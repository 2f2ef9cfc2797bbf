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
import java.util.function.BiConsumer;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Letters tried again: decoded as their source's rows are now, checked as the table's are now. One
 * thread; memory holds the rows that are given at once.
 */
public final class Retry {
  private static final String FORM = "form";

  private final Schema schema;
  private final @Nullable RawRows raws;
  private final @Nullable Records records;
  private final Map<String, String> renamed;
  private final RowCheck.@Nullable Factory checks;
  private @Nullable RowCheck check;
  private @Nullable Schema checked;

  /** Decodes a topic's records again. */
  public interface Records {
    /**
     * Decodes some.
     *
     * @param to told of rows, and of records that are no rows on purpose; their positions are the
     *     places of their letters in the list
     */
    void decode(List<Row> letters, BiConsumer<Decoded, List<Integer>> to);
  }

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

    /** One that is no row on purpose, as a topic's tombstones may be. */
    void none(int place);
  }

  /**
   * A letter's row, perhaps mended: as bytes where they were kept, otherwise as its values.
   *
   * @param position the letter's
   */
  public record Row(@Nullable RawRow raw, @Nullable String values, long position) {
    /** About how many bytes it takes. */
    public long bytes() {
      return raw != null ? raw.length() : values == null ? 0 : values.length();
    }
  }

  /**
   * For a table as it is now, of files.
   *
   * @param renamed columns that had other names, old to new
   * @param check of the table's rows; null where all are accepted
   */
  public Retry(
      Schema schema,
      SourceFormat format,
      Map<String, String> renamed,
      RowCheck.@Nullable Factory check) {
    this(schema, new RawRows(format, schema, renamed), null, renamed, check);
  }

  /** For a table as it is now, of a topic. */
  public Retry(Schema schema, Records records, RowCheck.@Nullable Factory check) {
    this(schema, null, records, Map.of(), check);
  }

  private Retry(
      Schema schema,
      @Nullable RawRows raws,
      @Nullable Records records,
      Map<String, String> renamed,
      RowCheck.@Nullable Factory check) {
    this.schema = schema;
    this.raws = raws;
    this.records = records;
    this.renamed = Map.copyOf(renamed);
    this.checks = check;
  }

  /** Tries some rows. */
  public void of(List<Row> rows, Outcome to) {
    List<RawRow> texts = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    List<Row> recorded = new ArrayList<>();
    List<Integer> of = new ArrayList<>();
    RowBatchBuilder values = new RowBatchBuilder(schema);
    List<Integer> valued = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      RawRow raw = rows.get(i).raw();
      String json = rows.get(i).values();
      boolean record = raw != null && raw.form().equals(RawRow.RECORD);
      if (record && records != null) {
        recorded.add(rows.get(i));
        of.add(i);
      } else if (raw != null && !record && raws != null) {
        texts.add(raw);
        places.add(i);
      } else if (raw == null && json != null) {
        if (values(values, json, i, to)) {
          valued.add(i);
        }
      } else {
        String why = "it is of another kind of source than the table's is now";
        to.bad(i, List.of(new Letter.Reason(FORM, why, null, null)));
      }
    }
    if (!valued.isEmpty()) {
      check(values.build(), valued.stream().mapToInt(Integer::intValue).toArray(), to);
    }
    if (raws != null && !texts.isEmpty()) {
      raws.decode(texts, decoded -> decoded(decoded, places, to));
    }
    if (records != null && !recorded.isEmpty()) {
      records.decode(
          recorded,
          (decoded, none) -> {
            none.forEach(place -> to.none(of.get(place)));
            decoded(decoded, of, to);
          });
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

  /** Decoders' columns may change while they run. */
  private RowCheck check(RowCheck.Factory by, Schema of) {
    RowCheck open = check;
    if (open == null || checked == null || !checked.sameSchema(of)) {
      open = by.open(of);
      check = open;
      checked = of;
    }
    return open;
  }

  private void check(RowBatch rows, int[] places, Outcome to) {
    if (checks == null || rows.size() == 0) {
      good(rows, places, to);
      return;
    }
    RowCheck.Checked divided = check(checks, rows.schema()).check(rows, Origin.at("", row -> row));
    boolean[] broken = new boolean[rows.size()];
    RowBatch letters = divided.letters();
    if (letters != null) {
      for (StoredLetter letter : StoredLetter.of(letters)) {
        int row = (int) letter.position();
        broken[row] = true;
        to.bad(places[row], letter.reasons());
      }
    }
    int kept = 0;
    int[] those = new int[divided.good().size()];
    for (int row = 0; row < broken.length; row++) {
      if (!broken[row]) {
        those[kept++] = places[row];
      }
    }
    good(divided.good(), those, to);
  }

  private static void good(RowBatch rows, int[] places, Outcome to) {
    if (rows.size() > 0) {
      to.good(rows, places);
    }
  }
}
