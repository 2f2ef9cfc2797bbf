package dev.headwater.user;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.util.function.Supplier;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/** The rows that a user's transform gives, as it is put into a pipeline. */
public final class GivenRows {
  private GivenRows() {}

  /**
   * Puts a transform in.
   *
   * @param who for messages: "Transform Enrich of table flights"
   * @return its rows: bounded, with a schema
   * @throws HeadwaterException USAGE if it fails, or gives no rows that a table can hold
   */
  public static PCollection<Row> of(String who, Supplier<PCollection<Row>> transform) {
    PCollection<Row> out;
    try {
      out = transform.get();
    } catch (HeadwaterException e) {
      throw e;
    } catch (RuntimeException e) {
      throw refused(who, "cannot be put into the pipeline: " + e, "mend it; nothing ran.", e);
    }
    if (out == null) {
      throw refused(who, "gives nothing", "let it return its rows.", null);
    }
    if (!out.hasSchema()) {
      throw refused(
          who,
          "gives rows without a schema",
          "say what columns they have: end it with .setRowSchema(schema).",
          null);
    }
    if (!out.getCoder().getEncodedTypeDescriptor().getRawType().equals(Row.class)) {
      throw refused(
          who,
          "gives " + out.getCoder().getEncodedTypeDescriptor() + ", not Row",
          "end it with .apply(Convert.toRows()).",
          null);
    }
    if (out.isBounded() == PCollection.IsBounded.UNBOUNDED) {
      throw refused(
          who, "gives rows without end", "let it give bounded rows: a table is loaded once.", null);
    }
    return out;
  }

  private static HeadwaterException refused(
      String who, String what, String fix, @Nullable RuntimeException cause) {
    return new HeadwaterException(Kind.USAGE, who + " " + what + ".", fix, cause);
  }
}
