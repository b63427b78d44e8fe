import type {Assignment, Unit} from "./assign.ts";
import {assign} from "./assign.ts";
import {toError} from "./sink.ts";
import type {Config, Experiment} from "./prepareExperiment.ts";
import {prepareExperiment} from "./prepareExperiment.ts";
import type {Attributes} from "./rule.ts";
import type {Logger} from "./createLogger.ts";

/** Where definitions come from and how long they hold. */
export interface AssignerOptions {
  /** Reads all definitions, from a file, an endpoint or a constant; throws or rejects if they cannot be had. */
  readonly load: () => unknown;
  /** Milliseconds after which definitions are read again; defaults to 60,000. */
  readonly ttl?: number;
  /** Milliseconds after which definitions that could not be read again are no longer believed; defaults to one day. */
  readonly maximumAge?: number;
  /** What each experiment gives while its definition cannot be had; defaults to variant `control` with config {}. */
  readonly failSafe?: Readonly<Record<string, {readonly variant: string; readonly config?: Config}>>;
  /** Logs every exposure that `assign` makes, with the attributes named in `dimensions`; defaults to null. */
  readonly logger?: Pick<Logger, "exposure"> | null;
  /** The attributes that are logged with an exposure; defaults to none, since attributes may be private. */
  readonly dimensions?: readonly string[];
  /** Told of each reading that failed and each definition that is not valid; defaults to console.error. */
  readonly onError?: (error: Error) => void;
  /** Milliseconds since 1970; defaults to Date.now. */
  readonly now?: () => number;
}

/** Assigns units from definitions that are kept in memory. */
export interface Assigner {
  /** Never throws and never waits. */
  readonly assign: (experiment: string, unit: Unit, attributes?: Attributes) => Assignment;
  /** Reads the definitions now; whether that succeeded. Await it once at the start, or the first units get the fail-safe variant. */
  readonly refresh: () => Promise<boolean>;
}

/**
 * Returns an assigner with an in-memory cache. Definitions older than `ttl` are read again in the background while the old ones keep
 * serving; if reading fails they serve until `maximumAge`, and after that (and before the first reading) every unit gets the fail-safe
 * variant with reason `fail-safe`. A definition that is not valid is left out, and the others serve. A failed reading is tried again
 * after `ttl` or 10 seconds, whichever is less.
 *
 * @example
 * const assigner = createAssigner({load: () => fetch("/experiments.json").then((response) => response.json())});
 * await assigner.refresh();
 * assigner.assign("green-checkout", "user-42", {country: "US"}); // {variant: "green", config: {}, reason: "assigned"}
 */
export function createAssigner({
  load,
  ttl = 60_000,
  maximumAge = 86_400_000,
  failSafe = {},
  logger = null,
  dimensions = [],
  onError = (error) => console.error(error.message),
  now = Date.now
}: AssignerOptions): Assigner {
  for (const [name, value] of Object.entries({ttl, maximumAge}))
    if (!(value > 0)) throw new RangeError(`invalid ${name}; not above 0: ${value}`);
  let experiments: ReadonlyMap<string, Experiment> = new Map();
  let loadedAt = -Infinity;
  let triedAt = -Infinity;

  async function refresh(): Promise<boolean> {
    const startedAt = (triedAt = now());
    try {
      const definitions = await load();
      if (!Array.isArray(definitions)) throw new TypeError("invalid definitions; not a list");
      const kept = new Map<string, Experiment>();
      for (const definition of definitions) {
        try {
          const {experiment} = prepareExperiment(definition);
          if (kept.has(experiment.id)) throw new RangeError(`duplicate experiment: ${experiment.id}`);
          kept.set(experiment.id, experiment);
        } catch (error) {
          onError(toError(error));
        }
      }
      // A reading that hung must not undo a later one.
      if (startedAt >= loadedAt) experiments = kept;
      loadedAt = Math.max(loadedAt, startedAt);
      return true;
    } catch (error) {
      onError(toError(error));
      return false;
    }
  }

  return {
    refresh,
    assign(id, unit, attributes = {}) {
      if (now() - Math.max(loadedAt + ttl, triedAt + Math.min(ttl, 10_000)) >= 0) void refresh();
      const experiment = now() - loadedAt < maximumAge ? experiments.get(id) : null;
      const assignment = assign(experiment, unit, attributes, {failSafe: failSafe[id]});
      logger?.exposure(
        id,
        unit,
        assignment,
        Object.fromEntries(dimensions.map((name) => [name, attributes[name] ?? null]))
      );
      return assignment;
    }
  };
}
