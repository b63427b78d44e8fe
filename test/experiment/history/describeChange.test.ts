import {describe, expect, it} from "vitest";
import {describeChange} from "../../../lib/experiment/history/describeChange.ts";

describe("describeChange(before, now)", () => {
  it("names only the fields that differ", () => {
    expect(describeChange("method fixed, looks nightly", "method always-valid, looks nightly")).toBe(
      "method fixed → always-valid"
    );
    expect(describeChange("purchase 2%, revenue 1%", "purchase 5%, revenue 1%")).toBe("purchase 2% → 5%");
  });

  it("says what is gone and what is new, and nested records without braces", () => {
    expect(
      describeChange(
        "kind quantile, value latency_ms, quantile 0.95",
        'kind ratio, numerator {"fact":"events","value":"latency_ms"}'
      )
    ).toBe(
      "kind quantile → ratio; value latency_ms is gone; quantile 0.95 is gone; numerator (fact events, value latency_ms) is new"
    );
    expect(describeChange("days [7,13]", "days [7,20]")).toBe("days 7, 13 → 7, 20");
  });

  it("shows whole what is not a list of fields", () => {
    expect(describeChange("purchase", "purchase, revenue")).toBe("purchase → purchase, revenue");
    expect(describeChange("none", "metric latency, margin 25%")).toBe("none → metric latency, margin 25%");
    expect(describeChange(undefined, "kind mean")).toBe("none → kind mean");
    expect(describeChange("0.05", "0.1")).toBe("0.05 → 0.1");
    expect(describeChange("metric a, margin 1%; metric b, margin 2%", "metric a, margin 1%")).toBe(
      "metric a, margin 1%; metric b, margin 2% → metric a, margin 1%"
    );
  });

  it("shows text that is not JSON as it is", () => {
    expect(describeChange("value {oops", "value b")).toBe("value {oops → b");
  });
});
