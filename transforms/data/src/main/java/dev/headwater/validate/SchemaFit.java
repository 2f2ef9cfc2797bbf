package dev.headwater.validate;

import dev.headwater.catalog.commit.Misfit;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.ColumnBuilder;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.table.Origin;
import dev.headwater.table.RowFit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a file whose columns are not the table's, and may not change it: those that fit as they
 * are become the table's, the others letters. No value is changed: a long goes into an int column
 * only where it is one.
 */
public final class SchemaFit implements RowFit {
  /** Codes of letters begin with it; then comes what would have to be allowed: "schema.add". */
  public static final String CODE = "schema.";

  private final Schema read;
  private final Schema table;
  private final List<Misfit> misfits;
  private final String run;
  private final long atMicros;
  private final Map<String, Integer> places = new HashMap<>();

  /** Where columns are that rows have under their old names, or under both. */
  private final Map<String, Integer> befores = new HashMap<>();

  private SchemaFit(Of of) {
    this.read = of.read;
    this.table = of.table;
    this.misfits = of.misfits;
    this.run = of.run;
    this.atMicros = of.atMicros;
    for (int i = 0; i < of.names.size(); i++) {
      String name = of.names.get(i);
      boolean before = of.twice.contains(name) && !read.columns().get(i).name().equals(name);
      (before ? befores : places).put(name, i);
    }
  }

  /**
   * For one file.
   *
   * @param file its columns
   * @param table as it will be
   * @param misfits the file's, perhaps none: then columns only have other names
   * @param run the run's id, for the letters
   * @param atMicros when the run began, in microseconds since 1970
   */
  public static RowFit.Factory of(
      Schema file,
      Schema table,
      SchemaPolicy policy,
      List<Misfit> misfits,
      String run,
      long atMicros) {
    return new Of(file, table, policy, misfits, run, atMicros);
  }

  /**
   * For whatever comes.
   *
   * @param run the run's id, for the letters
   * @param atMicros when the run began, in microseconds since 1970
   */
  public static RowFit.Rule rule(SchemaPolicy policy, String run, long atMicros) {
    return (rows, table, misfits) -> of(rows.schema(), table, policy, misfits, run, atMicros);
  }

  private static final class Of implements RowFit.Factory {
    private static final long serialVersionUID = 1;
    private final Schema read;
    private final ArrayList<String> names = new ArrayList<>();
    private final HashSet<String> twice = new HashSet<>();
    private final Schema table;
    private final ArrayList<Misfit> misfits;
    private final String run;
    private final long atMicros;

    Of(
        Schema file,
        Schema table,
        SchemaPolicy policy,
        List<Misfit> misfits,
        String run,
        long atMicros) {
      this.table = table;
      this.misfits = new ArrayList<>(misfits);
      this.run = run;
      this.atMicros = atMicros;
      AtomicInteger ids = new AtomicInteger(table.highestFieldId());
      List<NestedField> fields = new ArrayList<>();
      for (NestedField own : file.columns()) {
        String now = policy.name(own.name());
        if (!own.name().equals(now) && file.asStruct().field(now) != null) {
          twice.add(now);
        }
      }
      for (NestedField own : file.columns()) {
        String name = policy.name(own.name());
        Misfit misfit = of(misfits, name);
        NestedField wanted = table.asStruct().field(name);
        if (misfit != null || twice.contains(name)) {
          boolean fits = misfit == null && wanted != null;
          NestedField as = fits ? NestedField.from(wanted).withName(own.name()).build() : own;
          fields.addAll(
              TypeUtil.assignFreshIds(new Schema(as.asOptional()), ids::incrementAndGet).columns());
        } else if (wanted != null) {
          fields.add(NestedField.from(wanted).withName(own.name()).build());
        } else {
          continue;
        }
        names.add(name);
      }
      this.read = new Schema(fields);
    }

    @Override
    public Schema read() {
      return read;
    }

    @Override
    public RowFit open() {
      return new SchemaFit(this);
    }
  }

  private static @Nullable Misfit of(List<Misfit> misfits, String column) {
    return misfits.stream().filter(m -> m.column().equals(column)).findFirst().orElse(null);
  }

  @Override
  public Fitted fit(RowBatch batch, Origin from) {
    List<Misfit>[] broken = none(batch.size());
    Column[] columns = new Column[table.columns().size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = column(batch, table.columns().get(i), broken);
    }
    for (Misfit misfit : misfits) {
      if (misfit.why() == Misfit.Why.ADD) {
        unknown(batch, misfit, broken);
      }
    }
    Bits bad = bad(broken);
    RowBatch all = RowBatch.of(table, batch.size(), columns);
    if (bad == null) {
      return new Fitted(all, null, null);
    }
    Bits kept = bad.not();
    return new Fitted(all.filter(kept), kept, letters(batch, bad, broken, from));
  }

  private Column column(RowBatch batch, NestedField wanted, List<Misfit>[] broken) {
    Integer at = places.get(wanted.name());
    Misfit misfit = of(misfits, wanted.name());
    boolean twice = befores.containsKey(wanted.name());
    if (at != null && misfit == null && !twice) {
      return batch.column(at);
    }
    ColumnBuilder out = ColumnBuilder.of(wanted.type());
    Part now = Part.of(batch, read, at, wanted);
    Part before = Part.of(batch, read, befores.get(wanted.name()), wanted);
    for (int row = 0; row < batch.size(); row++) {
      Object value = now.at(row);
      Object old = before.at(row);
      Object fits = value == null ? before.fit(old) : now.fit(value);
      if (value != null && old != null && !Objects.equals(fits, before.fit(old))) {
        broken[row] = and(broken[row], misfit(wanted, Misfit.Why.RENAME));
      }
      boolean none = value == null && old == null;
      if (misfit != null && (none ? wanted.isRequired() : fits == null)) {
        broken[row] = and(broken[row], misfit);
      } else if (twice && none && wanted.isRequired()) {
        broken[row] = and(broken[row], misfit(wanted, Misfit.Why.OPTIONAL));
      }
      out.append(fits);
    }
    return out.build();
  }

  private static Misfit misfit(NestedField of, Misfit.Why why) {
    return new Misfit("a row", of.name(), why, of.type(), null, "the table");
  }

  /** A column of the rows on its way into one of the table; both null: there is none. */
  private record Part(@Nullable Values values, @Nullable Type own, NestedField wanted) {
    static Part of(RowBatch batch, Schema read, @Nullable Integer at, NestedField wanted) {
      if (at == null) {
        return new Part(null, null, wanted);
      }
      Type own = read.columns().get(at).type();
      return new Part(Values.of(batch.column(at), own), own, wanted);
    }

    @Nullable Object at(int row) {
      return values == null ? null : values.at(row);
    }

    /** As the table's type has it; null: it has no such value. */
    @Nullable Object fit(@Nullable Object value) {
      if (value == null || own == null) {
        return null;
      }
      Type to = wanted.type();
      return own.equals(to) || ExactValues.comparable(own, to)
          ? ExactValues.of(value, own, to)
          : null;
    }
  }

  private void unknown(RowBatch batch, Misfit misfit, List<Misfit>[] broken) {
    Integer at = places.get(misfit.column());
    if (at == null) {
      return;
    }
    Bits nulls = batch.column(at).nulls();
    for (int row = 0; row < batch.size(); row++) {
      if (nulls == null || !nulls.get(row)) {
        broken[row] = and(broken[row], misfit);
      }
    }
  }

  @SuppressWarnings({"rawtypes", "unchecked"})
  private static List<Misfit>[] none(int rows) {
    List<Misfit>[] none = new List[rows];
    Arrays.fill(none, List.of());
    return none;
  }

  private static List<Misfit> and(List<Misfit> before, Misfit misfit) {
    List<Misfit> all = new ArrayList<>(before);
    all.add(misfit);
    return all;
  }

  private static @Nullable Bits bad(List<Misfit>[] broken) {
    long[] words = new long[Bits.words(broken.length)];
    boolean any = false;
    for (int row = 0; row < broken.length; row++) {
      if (!broken[row].isEmpty()) {
        words[row >> 6] |= 1L << row;
        any = true;
      }
    }
    return any ? Bits.of(words, broken.length) : null;
  }

  private @Nullable RowBatch letters(RowBatch batch, Bits bad, List<Misfit>[] broken, Origin from) {
    LetterBatch letters = new LetterBatch(run, atMicros);
    for (int row : bad.positions()) {
      List<Letter.Reason> reasons = new ArrayList<>();
      for (Misfit misfit : broken[row]) {
        reasons.add(
            new Letter.Reason(
                CODE + misfit.why().word(),
                reason(misfit),
                misfit.column(),
                value(batch, misfit.column(), row)));
      }
      letters.add(
          new Letter(
              from.source(), from.position(row), reasons, RowJson.row(batch, row), from.raw(row)));
    }
    return letters.take();
  }

  private @Nullable String value(RowBatch batch, String column, int row) {
    Integer at = places.get(column);
    if (at == null) {
      return null;
    }
    Type type = read.columns().get(at).type();
    return RowJson.text(Values.of(batch.column(at), type, row), type);
  }

  private static String reason(Misfit misfit) {
    return switch (misfit.why()) {
      case ADD -> misfit.column() + " (" + misfit.rows() + ") is not in the table";
      case WIDEN -> misfit.column() + " is no " + misfit.table() + " as in the table";
      case TYPE ->
          misfit.column() + " is " + misfit.rows() + ", but " + misfit.table() + " in the table";
      case RENAME -> misfit.column() + " is there under its old name too, with another value";
      case OPTIONAL -> misfit.column() + " is null, but required in the table";
    };
  }
}
