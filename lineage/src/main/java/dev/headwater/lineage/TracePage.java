package dev.headwater.lineage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A trace as one page of HTML that needs no network, no server and no other file. */
final class TracePage {
  private static final String TEMPLATE = "trace.html";
  private static final String PLACE = "/*DATA*/";

  private TracePage() {}

  static String of(Trace trace) {
    // In a script's text only this character could end it.
    return template().replace(PLACE, TraceGraph.json(trace).replace("<", "\\u003c"));
  }

  private static String template() {
    try (InputStream in = TracePage.class.getResourceAsStream(TEMPLATE)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks " + TEMPLATE);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
