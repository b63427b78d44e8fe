import type {Readout} from "../../lib/experiment/readout.ts";
import {banditStory} from "../bandit/banditStory.ts";
import {bayesian} from "./bayesian.ts";
import {changes} from "./changes.ts";
import {contents} from "./contents.ts";
import {design} from "./design.ts";
import {duration} from "./duration.ts";
import {evidence} from "./evidence.ts";
import {heading} from "./heading.ts";
import {health} from "./health.ts";
import {holdout} from "./holdout.ts";
import type {Html} from "./html.ts";
import {html} from "./html.ts";
import {metrics} from "./metrics.ts";
import {power} from "./power.ts";
import {primary} from "./primary.ts";
import {segments} from "./segments.ts";
import {glossary} from "./terms.ts";
import {verdict} from "./verdict.ts";

/** What a block is made from. */
export type StoryContext = {
  readout: Readout;
  /** From the page to the top of the site: `../`. */
  root: string;
  /** Files that readers can take away, and where they lie as seen from the page. */
  files: readonly string[];
  folder: string;
};

/** The blocks of a readout page by the name that the page places them with. */
export const story: Record<string, (context: StoryContext) => Html> = {
  heading: ({readout}) => heading(readout),
  contents: ({readout}) => contents(readout),
  verdict: ({readout}) => verdict(readout),
  health: ({readout}) => health(readout),
  holdout: ({readout, root}) => holdout(readout, root) ?? html``,
  primary: ({readout, root}) => primary(readout, root),
  bandit: ({readout}) => banditStory(readout),
  changes: ({readout}) => changes(readout),
  metrics: ({readout, root}) => metrics(readout, root),
  duration: ({readout, root}) => duration(readout, root),
  segments: ({readout, root}) => segments(readout, root),
  power: ({readout, root}) => power(readout, root),
  bayesian: ({readout, root}) => bayesian(readout, root),
  evidence: ({readout, files, folder}) => evidence(readout, files, folder),
  design: ({readout, folder}) => design(readout, folder),
  glossary: () => glossary()
};
