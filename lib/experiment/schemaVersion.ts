/**
 * The version of readout.json; a page refuses a newer one with words instead of misreading it. It stands apart from the
 * schema, so that a page can ask for it without the library that checks.
 */
export const schemaVersion = 1;
