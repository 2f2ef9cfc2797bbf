package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;

/** Classes that no worker has. */
final class UserJar {
  /** What a table's rows go through as objects of a user's class, which Beam itself reads. */
  static final String MARK =
      """
      package acme;
      import java.io.Serializable;
      import java.util.*;
      import org.apache.beam.sdk.coders.SerializableCoder;
      import org.apache.beam.sdk.schemas.Schema;
      import org.apache.beam.sdk.transforms.*;
      import org.apache.beam.sdk.values.*;
      public class Mark extends PTransform<PCollection<Row>, PCollection<Row>> {
        public PCollection<Row> expand(PCollection<Row> in) {
          Schema schema = in.getSchema();
          return in.apply("Mark", MapElements.into(TypeDescriptor.of(Own.class)).via(Own::new))
              .setCoder(SerializableCoder.of(Own.class))
              .apply(Reshuffle.viaRandomKey())
              .apply("Rows", MapElements.into(TypeDescriptors.rows()).via(own -> own.of(schema)))
              .setRowSchema(schema);
        }
        static class Own implements Serializable {
          private final List<Object> values;
          Own(Row row) { values = new ArrayList<>(row.getValues()); }
          Row of(Schema schema) { return Row.withSchema(schema).addValues(values).build(); }
        }
      }
      """;

  private UserJar() {}

  /** A user's classes, and nothing else. */
  static Path make(Path folder, String name, String code) throws IOException {
    Path source = folder.resolve(name + ".java");
    Files.writeString(source, code);
    String classes = folder.resolve("classes").toString();
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(
                    null,
                    null,
                    null,
                    "-d",
                    classes,
                    "-proc:none",
                    "-nowarn",
                    "-cp",
                    Command.classPath(),
                    source.toString()))
        .isZero();
    Path jar = folder.resolve("acme.jar");
    assertThat(
            java.util.spi.ToolProvider.findFirst("jar")
                .orElseThrow()
                .run(System.out, System.err, "cf", jar.toString(), "-C", classes, "."))
        .isZero();
    return jar;
  }
}
