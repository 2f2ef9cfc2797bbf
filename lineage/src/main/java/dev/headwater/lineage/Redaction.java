package dev.headwater.lineage;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps secrets out of events. Keys that sound like secrets lose their values, URLs lose user info,
 * query and fragment, JDBC URLs keep scheme, host and database, and free text loses what looks like
 * either.
 */
public final class Redaction {
  /** What stands where a secret was. */
  public static final String REDACTED = "***";

  private static final String SECRET_WORD =
      "pass(?:word|wd|phrase)?|pwd|secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key"
          + "|account[-_.]?key|credentials?|authorization|auth|signature|sig|sas|cookie|session[-_.]?id";
  private static final Pattern SECRET_KEY =
      Pattern.compile("(?i)(?:^|.*[-_.\\s])(?:" + SECRET_WORD + ")(?:$|[-_.\\s].*)");
  private static final Pattern SECRET_CAMEL =
      Pattern.compile(
          "(?i).*(?:password|passwd|passphrase|secret|token|apikey|accesskey|privatekey"
              + "|accountkey|credential|authorization).*");

  /** From a word's beginning only: a long word is not looked at from each of its letters. */
  private static final Pattern ASSIGNMENT =
      Pattern.compile(
          "(?i)(?<![\\w.-])([\\w.-]*(?:"
              + SECRET_WORD
              + ")[\\w.-]*[\"']?\\s*[=:]\\s*)"
              + "(?:(?:bearer|basic)\\s+)?(\"[^\"]*\"|'[^']*'|[^\\s,;&\"'}\\])]+)");

  private static final Pattern BEARER =
      Pattern.compile("(?i)\\b(bearer|basic)\\s+[A-Za-z0-9._~+/=-]{6,}");
  private static final Pattern JDBC = Pattern.compile("jdbc:[^\\s\"'<>)\\]]+");
  private static final Pattern DATABASE_PROPERTY =
      Pattern.compile("(?i);database(?:Name)?=([^;?&]*)");
  private static final Pattern URL =
      Pattern.compile("\\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\\s\"'<>)\\]]+");
  private static final Pattern AWS_KEY = Pattern.compile("\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b");
  private static final Pattern PRIVATE_KEY =
      Pattern.compile("(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|$)");

  private Redaction() {}

  /** Whether a parameter of this name may hold a secret. */
  public static boolean isSecret(String key) {
    return SECRET_KEY.matcher(key).matches() || SECRET_CAMEL.matcher(key).matches();
  }

  /** Parameters fit for events: secrets' values replaced, the other values as {@link #text}. */
  public static SortedMap<String, String> parameters(Map<String, String> parameters) {
    TreeMap<String, String> out = new TreeMap<>();
    parameters.forEach((key, value) -> out.put(key, isSecret(key) ? REDACTED : text(value)));
    return out;
  }

  /** Free text, as an error's message, without what looks like a secret. */
  public static String text(String text) {
    String s = PRIVATE_KEY.matcher(text).replaceAll(REDACTED);
    s = JDBC.matcher(s).replaceAll(m -> Matcher.quoteReplacement(uri(m.group())));
    s = URL.matcher(s).replaceAll(m -> Matcher.quoteReplacement(uri(m.group())));
    s = BEARER.matcher(s).replaceAll("$1 " + Matcher.quoteReplacement(REDACTED));
    s = ASSIGNMENT.matcher(s).replaceAll("$1" + Matcher.quoteReplacement(REDACTED));
    return AWS_KEY.matcher(s).replaceAll(Matcher.quoteReplacement(REDACTED));
  }

  /**
   * A URI without user info, query and fragment. Of a JDBC URL scheme, host and database stay:
   * {@code jdbc:postgresql://host:5432/db}.
   */
  public static String uri(String uri) {
    if (uri.regionMatches(true, 0, "jdbc:", 0, 5)) {
      return jdbc(uri);
    }
    String s = cut(uri, "?#");
    int place = s.indexOf("://");
    if (place < 0) {
      return s;
    }
    int end = s.indexOf('/', place + 3);
    String authority = end < 0 ? s.substring(place + 3) : s.substring(place + 3, end);
    return s.substring(0, place + 3)
        + authority.substring(authority.lastIndexOf('@') + 1)
        + (end < 0 ? "" : s.substring(end));
  }

  private static String jdbc(String url) {
    String database = "";
    // SQL Server names the database among its properties.
    Matcher named = DATABASE_PROPERTY.matcher(url);
    if (named.find()) {
      database = "/" + named.group(1);
    }
    String s = cut(url, "?#;&");
    int at = s.lastIndexOf('@');
    if (at < 0) {
      return s + database;
    }
    int place = s.indexOf("://");
    // Without //, as Oracle's thin driver: user and password stand between the last colon before
    // them and the @.
    int keep = place >= 0 && place < at ? place + 3 : subprotocolEnd(s);
    return s.substring(0, keep) + s.substring(at + 1) + database;
  }

  private static int subprotocolEnd(String url) {
    int second = url.indexOf(':', 5);
    if (second < 0) {
      return 5;
    }
    if (url.regionMatches(true, 5, "oracle:", 0, 7)) {
      int third = url.indexOf(':', second + 1);
      return third < 0 ? second + 1 : third + 1;
    }
    return second + 1;
  }

  private static String cut(String text, String at) {
    for (int i = 0; i < text.length(); i++) {
      if (at.indexOf(text.charAt(i)) >= 0) {
        return text.substring(0, i);
      }
    }
    return text;
  }
}
