package dev.headwater.pipelines;

import dev.headwater.files.RawRow;
import dev.headwater.files.SourceFormat;
import dev.headwater.files.TextFile;
import dev.headwater.kafka.decode.LetterRecords;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.table.RowCheck;
import dev.headwater.validate.Retry;
import dev.headwater.validate.StoredLetter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** A table's letters, to be decoded as its source is declared now. One thread. */
final class LetterDecoding implements AutoCloseable {
  private final TableDecl table;
  private final Table into;
  private final SourceFormat format;
  private final @Nullable LetterRecords records;
  private final Map<String, List<String>> headers = new HashMap<>();

  LetterDecoding(Stages stages, Target target, TableDecl table, Table into) {
    this.table = table;
    this.into = into;
    this.format =
        new IngestWork(stages, table, new TableOutput(stages.workspace(), target)).format();
    Path folder = stages.project().origin().folder();
    this.records =
        stages
            .project()
            .topic(table)
            .map(
                topic ->
                    new LetterRecords(
                        TopicDecoders.of(topic, folder, into.schema()).into(into.schema()),
                        table.schema()))
            .orElse(null);
  }

  /** Whether they are of a topic's records. */
  boolean ofTopic() {
    return records != null;
  }

  /** Into the table's columns as they are. */
  Retry retry(RowCheck.@Nullable Factory check) {
    if (records != null) {
      return new Retry(into.schema(), records, check == null ? null : LetterRecords.checked(check));
    }
    Map<String, String> renamed = new HashMap<>(table.schema().rename());
    // The table may still have the old name: the next rows bring the new one.
    renamed.values().removeIf(name -> into.schema().findField(name) == null);
    return new Retry(into.schema(), format, renamed, check);
  }

  /** A letter's row as it came. */
  Retry.Row row(StoredLetter letter) {
    return row(letter, null);
  }

  /** A letter's row, as it was mended if it was. */
  Retry.Row row(StoredLetter letter, LetterLines.@Nullable Mended mended) {
    String form = format.kind().word();
    RawRow raw = letter.raw(form, List.of());
    if (raw != null && raw.fields().isEmpty() && raw.form().equals(RawRow.CSV)) {
      raw = letter.raw(form, header(letter.source()));
    }
    if (mended != null && mended.values() != null) {
      return new Retry.Row(null, mended.values(), letter.position());
    }
    if (mended != null && mended.raw() != null && raw != null) {
      raw =
          new RawRow(
              raw.form(), mended.raw(), mended.raw().remaining(), raw.fields(), raw.envelope());
    }
    return new Retry.Row(raw, letter.row(), letter.position());
  }

  /** The fields of a CSV whose letters don't say them, if it is still there. */
  private List<String> header(String source) {
    return headers.computeIfAbsent(
        source,
        path -> {
          try {
            return TextFile.of(into.io().newInputFile(path), format).names();
          } catch (RuntimeException e) {
            return List.of();
          }
        });
  }

  @Override
  public void close() {
    if (records != null) {
      records.close();
    }
  }
}
