package dev.headwater.ingest;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.table.WorkFn;
import dev.headwater.table.Written;
import java.io.IOException;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.values.KV;

/** A piece of a round: read, checked, written. What a failed attempt wrote is an orphan. */
final class WriteRound extends WorkFn<Round.Piece, KV<String, Round.Part>> {
  private static final long serialVersionUID = 1;
  private final IngestFolder how;

  WriteRound(IngestFolder how) {
    this.how = how;
  }

  @ProcessElement
  public void process(
      @Element Round.Piece piece,
      OutputReceiver<KV<String, Round.Part>> out,
      PipelineOptions options)
      throws IOException {
    Round round = piece.round();
    try (TableCatalog open = TableCatalog.open(how.catalog)) {
      Written written =
          new ReadCheckWrite(
                  round.table(),
                  how.sink,
                  how.run,
                  open.load(how.lettersTable),
                  how.check,
                  null,
                  round.fits(),
                  round.format(),
                  how.undecoded,
                  how.io,
                  null,
                  new Gate(how.watch, null))
              .append(options.getJobName(), piece.splits(), none -> {});
      out.output(KV.of(round.id(), new Round.Part(round, written)));
    }
  }
}
