/** The days of the week, Monday first. */
export const weekdayNames: readonly string[] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
