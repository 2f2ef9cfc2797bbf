package dev.headwater.runners;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import org.slf4j.MDC;

/**
 * A line of the log: time, level, the run and the stage that it is about, thread, who says what.
 * What a stage's own threads say carries its run too, since they inherit it.
 */
final class LogLine extends Formatter {
  @Override
  public String format(LogRecord record) {
    StringBuilder line = new StringBuilder();
    line.append(record.getInstant().truncatedTo(ChronoUnit.MILLIS))
        .append(' ')
        .append(record.getLevel())
        .append(' ');
    for (String key : new String[] {"run", "stage", "target"}) {
      String value = MDC.get(key);
      line.append(key).append('=').append(value == null ? "-" : value).append(' ');
    }
    line.append('[')
        .append(Thread.currentThread().getName())
        .append("] ")
        .append(record.getLoggerName())
        .append(": ")
        .append(formatMessage(record))
        .append('\n');
    if (record.getThrown() != null) {
      StringWriter trace = new StringWriter();
      record.getThrown().printStackTrace(new PrintWriter(trace));
      line.append(trace);
    }
    return line.toString();
  }
}
