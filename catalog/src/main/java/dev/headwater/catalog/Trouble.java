package dev.headwater.catalog;

import dev.headwater.catalog.HeadwaterException.Kind;
import java.util.Optional;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchWarehouseException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.exceptions.RESTException;

/** What a failure of a catalog means to somebody who has to do something about it. */
final class Trouble {
  private Trouble() {}

  /** The database's, the server's or the storage's failure among the causes, explained. */
  static Optional<HeadwaterException> find(CatalogConfig config, String doing, Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof HeadwaterException told) {
        return Optional.of(told);
      }
    }
    Optional<HeadwaterException> database = DatabaseTrouble.find(config, doing, failure);
    if (database.isPresent()) {
      return database;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      Optional<HeadwaterException> told = explain(config, doing, cause);
      if (told.isPresent()) {
        return told;
      }
    }
    return Optional.empty();
  }

  private static Optional<HeadwaterException> explain(
      CatalogConfig config, String doing, Throwable e) {
    String server = "Cannot %s: the server %s ".formatted(doing, config.where());
    if (e instanceof NotAuthorizedException) {
      return told(
          Kind.REFUSED,
          server + "does not accept the credential or the token (401).",
          "Check the secrets of catalog '" + config.name() + "': is one missing, or expired?",
          e);
    }
    if (e instanceof ForbiddenException) {
      return told(
          Kind.REFUSED,
          server + "does not allow it (403).",
          "Ask its owner for the right, or use a catalog where you have it.",
          e);
    }
    if (e instanceof NoSuchWarehouseException) {
      return told(
          Kind.USAGE,
          server + "has no such warehouse.",
          "Check 'warehouse' of catalog '" + config.name() + "'.",
          e);
    }
    if (e instanceof BadRequestException) {
      return told(
          Kind.FAILED,
          server + "does not understand it: " + first(e) + ".",
          "Look at the server's version and the catalog's properties.",
          e);
    }
    if (e instanceof RESTException) {
      return told(
          Kind.UNREACHABLE,
          server + "does not answer: " + first(e) + ".",
          "See that it runs and is reached from here.",
          e);
    }
    if (e.getClass().getName().startsWith("software.amazon.awssdk.")) {
      return told(
          Kind.UNREACHABLE,
          "Cannot %s: the storage says: %s.".formatted(doing, first(e)),
          "See that it is reached from here, and that its credentials are right.",
          e);
    }
    return Optional.empty();
  }

  private static Optional<HeadwaterException> told(
      Kind kind, String what, String fix, Throwable cause) {
    return Optional.of(new HeadwaterException(kind, what, fix, cause));
  }

  static String first(Throwable e) {
    String line = String.valueOf(e.getMessage()).split("\n", 2)[0].strip();
    return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
  }
}
