import type {Definitions} from "../experiment/definition/definition.ts";
import {parseDefinitions} from "../experiment/definition/parseDefinitions.ts";
import {DefinitionsError} from "./errors.ts";
import {readDefinitionFiles} from "./readDefinitionFiles.ts";
import {rememberSecrets} from "./secrets.ts";

/**
 * Returns all definitions of a data folder. The values of environment variables that they use are remembered, so that
 * `redacted` takes them out of whatever this process prints.
 *
 * @param options.environment variables for `${NAME}` in sources.yaml; default: the process's
 * @throws {DefinitionsError} with all mistakes of all files
 * @throws {UserError} if the folder is not there
 */
export async function loadDefinitions(
  dataDir: string,
  {environment = process.env}: {environment?: Readonly<Record<string, string | undefined>>} = {}
): Promise<Definitions> {
  const {definitions, errors, secrets} = parseDefinitions(await readDefinitionFiles(dataDir), {environment});
  rememberSecrets(secrets);
  if (errors.length > 0) throw new DefinitionsError(errors);
  return definitions;
}
