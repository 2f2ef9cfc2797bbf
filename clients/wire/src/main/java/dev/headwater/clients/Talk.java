package dev.headwater.clients;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * How a test talks with a client in a process of its own: a statement a line (in Base64) comes in;
 * the rows' texts go out, a line each after {@code =}, then a line {@code .}, or {@code !} with
 * what went wrong (in Base64).
 */
public final class Talk {
  /** Does what a statement says; the rows that come of it, as {@link Said}. */
  public interface Client {
    List<String> run(String statement) throws Exception;
  }

  private Talk() {}

  /** Serves until there are no more statements. What the client prints goes to standard error. */
  public static void serve(Client client) throws IOException {
    PrintStream out = System.out;
    System.setOut(System.err);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      try {
        String statement = new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8);
        for (String row : client.run(statement)) {
          out.print("=" + row + "\n");
        }
        out.print(".\n");
      } catch (Exception | LinkageError e) {
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        out.print(
            "!"
                + Base64.getEncoder()
                    .encodeToString(trace.toString().getBytes(StandardCharsets.UTF_8))
                + "\n");
      }
      out.flush();
    }
  }
}
