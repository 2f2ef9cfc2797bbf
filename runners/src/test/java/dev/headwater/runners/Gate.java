package dev.headwater.runners;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;

/** A user's transform that waits at each row for as long as the file {@code gate} is there. */
public final class Gate extends PTransform<PCollection<Row>, PCollection<Row>> {
  static final String FOLDER = "headwater.test.gate";
  private static final long serialVersionUID = 1;

  @Override
  public PCollection<Row> expand(PCollection<Row> rows) {
    return rows.apply("Wait", ParDo.of(new Wait())).setRowSchema(rows.getSchema());
  }

  private static final class Wait extends DoFn<Row, Row> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Row row, OutputReceiver<Row> out) throws Exception {
      Path folder = Path.of(Objects.requireNonNull(System.getProperty(FOLDER)));
      if (Files.exists(folder.resolve("gate"))) {
        Files.writeString(folder.resolve("waiting"), "");
      }
      while (Files.exists(folder.resolve("gate"))) {
        Thread.sleep(20);
      }
      out.output(row);
    }
  }
}
