package dev.headwater.kafka;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Kafka's clients, and what their failures mean. */
final class KafkaClients {
  static final String ISOLATION = "isolation.level";

  private KafkaClients() {}

  static Admin admin(Topic topic) {
    Map<String, Object> settings = topic.client();
    settings.putIfAbsent("client.id", "headwater-" + topic.name());
    try {
      return Admin.create(settings);
    } catch (KafkaException e) {
      throw trouble(topic, e);
    }
  }

  /** The topic has the name of the one that was read, and is another one. */
  static HeadwaterException madeAgain(Topic topic, String was, String is) {
    return new HeadwaterException(
        Kind.REFUSED,
        "Cannot go on with %s: it was deleted and made again (id %s, now %s)."
            .formatted(topic, was, is),
        "give what reads it another name, so that the new topic is read from its beginning beside"
            + " what the table has of the old one.");
  }

  /** What a failure of a client says to whoever runs the job. */
  static HeadwaterException trouble(Topic topic, RuntimeException e) {
    if (e instanceof HeadwaterException known) {
      return known;
    }
    Throwable root = e;
    while (root.getCause() != null && !(root instanceof AuthenticationException)) {
      root = root.getCause();
    }
    String why = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    Throwable last = root;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    if (!last.equals(root) && last.getMessage() != null) {
      // Of TLS the cause says what is wrong: whose certificate nobody vouches for.
      why += ": " + last.getMessage();
    }
    String what = "Cannot read " + topic + ": ";
    if (e instanceof UnknownTopicOrPartitionException) {
      return new HeadwaterException(
          Kind.DATA, what + "there is no such topic.", "create it, or correct its name.", e);
    }
    if (root instanceof SslAuthenticationException) {
      return new HeadwaterException(
          Kind.USAGE,
          what + "no TLS with its brokers (" + why + ").",
          "let ssl.truststore.location name a file with the certificate that vouches for them.",
          e);
    }
    if (e instanceof AuthenticationException || e instanceof AuthorizationException) {
      return new HeadwaterException(
          Kind.USAGE,
          what + "the brokers refuse it (" + why + ").",
          "check the topic's security properties and the user's rights.",
          e);
    }
    if (e instanceof ConfigException || root instanceof ConfigException) {
      return new HeadwaterException(
          Kind.USAGE, what + why + ".", "correct the topic's properties.", e);
    }
    if (e instanceof UnsupportedVersionException) {
      return new HeadwaterException(
          Kind.USAGE, what + why + ".", "use brokers of version 2.1 or newer.", e);
    }
    if (e instanceof RetriableException) {
      return new HeadwaterException(
          Kind.UNREACHABLE,
          what + "its brokers do not answer (" + why + ").",
          "check the address, the security.protocol, and that they run.",
          e);
    }
    return new HeadwaterException(
        Kind.FAILED, what + why + ".", "see the cause; then run it again.", e);
  }
}
