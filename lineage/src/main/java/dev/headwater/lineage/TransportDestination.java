package dev.headwater.lineage;

import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.client.transports.HttpTransportResponseException;
import io.openlineage.client.transports.Transport;
import java.io.UncheckedIOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A transport of openlineage-java that says by an exception when an event was not taken. */
final class TransportDestination implements Destination {
  private static final Logger LOG = LoggerFactory.getLogger(TransportDestination.class);
  private static final int ANSWER_LENGTH = 2_000;

  /** Time-out, too early, too many: the client's word for "later". */
  private static final Set<Integer> LATER = Set.of(408, 425, 429);

  private final Transport transport;
  private final String description;

  TransportDestination(Transport transport, String description) {
    this.transport = transport;
    this.description = description;
  }

  @Override
  public Answer deliver(String payload) {
    OpenLineage.RunEvent event;
    try {
      event = OpenLineageClientUtils.runEventFromJson(payload);
    } catch (UncheckedIOException e) {
      return new Answer.Refused("not an OpenLineage run event: " + firstLine(e));
    }
    return deliver(event);
  }

  private Answer deliver(OpenLineage.RunEvent event) {
    try {
      transport.emit(event);
      return new Answer.Accepted();
    } catch (RuntimeException e) {
      // Whatever a transport throws, the event was not taken: a status says for how long, anything
      // else may be better the next time.
      HttpTransportResponseException response = response(e);
      if (response == null) {
        return new Answer.Later(firstLine(e));
      }
      int status = response.getStatusCode();
      String answer = Redaction.text(status + " " + shortened(response.getBody())).strip();
      return status >= 500 || LATER.contains(status)
          ? new Answer.Later(answer)
          : new Answer.Refused(answer);
    }
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public void close() {
    try {
      transport.close();
    } catch (Exception e) {
      // Every answer was seen before: nothing that closing could lose.
      LOG.debug("closing {}", description, e);
    }
  }

  private static @Nullable HttpTransportResponseException response(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof HttpTransportResponseException response) {
        return response;
      }
    }
    return null;
  }

  private static String firstLine(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message =
        root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    int line = message.indexOf('\n');
    return Redaction.text(line < 0 ? message : message.substring(0, line));
  }

  private static String shortened(@Nullable String body) {
    if (body == null) {
      return "";
    }
    return body.length() <= ANSWER_LENGTH ? body : body.substring(0, ANSWER_LENGTH) + "…";
  }
}
