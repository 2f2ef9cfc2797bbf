package dev.headwater.pipelines.testing;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;

/**
 * Results as the XML that CI servers read: a suite for each file of tests, a case for each test; a
 * test that did not pass is a failure, one that could not be run an error.
 */
public final class JUnitXml {
  private JUnitXml() {}

  /**
   * Writes them into one file, or, where that is a folder, into one for each file of tests: {@code
   * TEST-tests.flights.xml}. Folders are made.
   *
   * @param to a file where it ends in {@code .xml}
   * @param began when the first one began
   */
  public static void write(Path to, Instant began, List<TestResult> results) throws IOException {
    Map<String, List<TestResult>> suites = new LinkedHashMap<>();
    for (TestResult result : results) {
      suites.computeIfAbsent(suite(result), name -> new ArrayList<>()).add(result);
    }
    if (to.toString().toLowerCase(Locale.ROOT).endsWith(".xml")) {
      Path parent = to.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      write(to, began, suites);
      return;
    }
    Files.createDirectories(to);
    for (Map.Entry<String, List<TestResult>> suite : suites.entrySet()) {
      Path file = to.resolve("TEST-" + suite.getKey() + ".xml");
      write(file, began, Map.of(suite.getKey(), suite.getValue()));
    }
  }

  /** "tests.flights" of {@code tests/flights.yaml}. */
  private static String suite(TestResult result) {
    return result.test().file().replaceFirst("\\.[A-Za-z]+$", "").replaceAll("[/\\\\]", ".");
  }

  private static void write(Path file, Instant began, Map<String, List<TestResult>> suites)
      throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(out);
      xml.writeStartDocument("UTF-8", "1.0");
      line(xml, 0);
      xml.writeStartElement("testsuites");
      for (Map.Entry<String, List<TestResult>> suite : suites.entrySet()) {
        line(xml, 1);
        suite(xml, suite.getKey(), began, suite.getValue());
      }
      line(xml, 0);
      xml.writeEndElement();
      line(xml, 0);
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
  }

  private static void suite(
      XMLStreamWriter xml, String name, Instant began, List<TestResult> results)
      throws XMLStreamException {
    xml.writeStartElement("testsuite");
    xml.writeAttribute("name", name);
    xml.writeAttribute("tests", Integer.toString(results.size()));
    xml.writeAttribute("failures", count(results, TestResult.Outcome.FAILED));
    xml.writeAttribute("errors", count(results, TestResult.Outcome.BROKEN));
    xml.writeAttribute("skipped", "0");
    xml.writeAttribute("time", time(results.stream().mapToDouble(TestResult::seconds).sum()));
    xml.writeAttribute("timestamp", began.truncatedTo(ChronoUnit.SECONDS).toString());
    for (TestResult result : results) {
      line(xml, 2);
      test(xml, name, result);
    }
    line(xml, 1);
    xml.writeEndElement();
  }

  private static void test(XMLStreamWriter xml, String suite, TestResult result)
      throws XMLStreamException {
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", suite);
    xml.writeAttribute("name", clean(result.test().name()));
    xml.writeAttribute("file", result.test().file());
    xml.writeAttribute("line", Integer.toString(result.test().line()));
    xml.writeAttribute("time", time(result.seconds()));
    if (!result.passed()) {
      boolean failed = result.outcome() == TestResult.Outcome.FAILED;
      line(xml, 3);
      xml.writeStartElement(failed ? "failure" : "error");
      xml.writeAttribute("message", clean(result.what()));
      xml.writeAttribute("type", failed ? "rows" : type(result.cause()));
      xml.writeCharacters(clean(result.test().place() + "\n" + result.text() + trace(result)));
      xml.writeEndElement();
      line(xml, 2);
    }
    xml.writeEndElement();
  }

  private static String type(@Nullable Throwable cause) {
    return cause == null ? "error" : cause.getClass().getName();
  }

  private static String trace(TestResult result) {
    Throwable cause = result.cause();
    if (cause == null || result.outcome() == TestResult.Outcome.FAILED) {
      return "";
    }
    StringWriter trace = new StringWriter();
    cause.printStackTrace(new PrintWriter(trace, true));
    return "\n\n" + trace;
  }

  private static String count(List<TestResult> results, TestResult.Outcome outcome) {
    return Long.toString(results.stream().filter(r -> r.outcome() == outcome).count());
  }

  private static String time(double seconds) {
    return String.format(Locale.ROOT, "%.3f", seconds);
  }

  /** XML has no control characters, nor halves of pairs. */
  private static String clean(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .map(
            c ->
                c >= 0x20 && !(c >= 0xD800 && c <= 0xDFFF) && c < 0xFFFE
                        || "\n\t".indexOf(c) >= 0
                        || c > 0xFFFF
                    ? c
                    : '·')
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  private static void line(XMLStreamWriter xml, int indent) throws XMLStreamException {
    xml.writeCharacters("\n" + "  ".repeat(indent));
  }
}
