package dev.headwater.validate;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.parquet.BatchReader;
import dev.headwater.table.CommitTable;
import dev.headwater.table.LetterWatch;
import dev.headwater.table.Written;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileIO;

/**
 * How many letters a table bears before the run that makes them is stopped. A run of which every
 * row is a letter is stopped in any case.
 *
 * @param share the largest share of rows, 0 to 1
 * @param rows the largest number of rows
 * @param sample after so many rows of a worker the share is looked at for the first time; 0: only
 *     when all rows were read
 */
public record Limits(double share, long rows, long sample) implements java.io.Serializable {
  public static final long SAMPLE = 10_000;

  /** All but no good row at all. */
  public static final Limits NONE = new Limits(1, Long.MAX_VALUE, SAMPLE);

  static final String NOTHING = "Nothing was committed.";
  static final String GOES_ON = "What came before is committed; it goes on behind that.";

  private static final int FILES_LOOKED_AT = 3;

  public Limits {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("a share is 0 to 1, not " + share);
    }
    if (rows < 0 || sample < 0) {
      throw new IllegalArgumentException("a number of rows is not negative");
    }
  }

  /** What a contract says. */
  public static Limits of(Contract contract) {
    return new Limits(contract.maxBadShare(), contract.maxBadRows(), SAMPLE);
  }

  /** Whichever is stricter; the sample is this one's. */
  public Limits and(Limits other) {
    return new Limits(Math.min(share, other.share), Math.min(rows, other.rows), sample);
  }

  /** For a piece of a run's work: looks after the sample, and then at every batch. */
  public LetterWatch.Factory watch(String table) {
    return () -> new LetterCount(this, table, Long.MAX_VALUE);
  }

  /** For a stream: looks at the last rows, as many as the sample has. */
  public LetterWatch.Factory recent(String table) {
    return () -> new LetterCount(this, table, Math.max(1, sample));
  }

  /**
   * For a whole run, before it is committed.
   *
   * @param letters their table, whose new files are looked at to say which letters there are
   */
  public CommitTable.Check check(String table, Table letters) {
    FileIO io = SerializableTable.copyOf(letters).io();
    return total -> {
      if (!allows(total.in(), total.letters())) {
        throw refused(table, total, io);
      }
    };
  }

  /**
   * As {@link #check}, for a run that catches up with a topic: a few records may all be letters, as
   * far as the limits say; otherwise it would never get past them.
   */
  public CommitTable.Check ofTopic(String table, Table letters) {
    FileIO io = SerializableTable.copyOf(letters).io();
    return total -> {
      if (!within(total.in(), total.letters())) {
        throw refused(table, total, io);
      }
    };
  }

  private HeadwaterException refused(String table, Written total, FileIO io) {
    LetterCount count = new LetterCount(this, table, Long.MAX_VALUE);
    total.letterFiles().stream().limit(FILES_LOOKED_AT).forEach(file -> look(file, io, count));
    return refused(table, total.in(), total.letters(), "rows", count.most(), NOTHING);
  }

  private static void look(DataFile file, FileIO io, LetterCount count) {
    try (BatchReader batches =
        BatchReader.openByName(
            io.newInputFile(file.location()), Letters.SCHEMA, 0, file.fileSizeInBytes())) {
      if (batches.hasNext()) {
        count.letters(batches.next());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean allows(long in, long letters) {
    return letters == 0 || (letters < in && within(in, letters));
  }

  private boolean within(long in, long letters) {
    return letters == 0 || (letters <= rows && (double) letters / in <= share);
  }

  /**
   * What is told of too many letters.
   *
   * @param what these rows are: "rows", "rows of a worker"
   * @param most the commonest reasons
   * @param left what became of the rows
   */
  HeadwaterException refused(
      String table, long in, long letters, String what, String most, String left) {
    if (letters == in) {
      return new HeadwaterException(
          Kind.DATA,
          "Cannot load %s: all %d %s are letters.%s".formatted(table, in, what, most),
          "check that its source and its contract belong to this data. " + left);
    }
    boolean many = letters > rows;
    String limit = many ? "max_rows " + rows : "max_share " + share;
    return new HeadwaterException(
        Kind.DATA,
        String.format(
            Locale.ROOT,
            "Cannot load %s: %d of %d %s are letters (%.2f%%), more than %s allows.%s",
            table,
            letters,
            in,
            what,
            100.0 * letters / in,
            limit,
            most),
        "mend the data, the source's format or the contract; or raise "
            + (many ? "max_rows" : "max_share")
            + " of its letters, run again and look at them with headwater letters "
            + table
            + ". "
            + left);
  }
}
