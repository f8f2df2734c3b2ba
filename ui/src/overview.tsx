// The account at a glance: is it in line, how full is it, what moved most, what ran last.
import { Box, Button, Flex, Grid, Heading, Text } from "@chakra-ui/react";
import type { Note, Overview as Data, Use } from "./api";
import { pathOf, useAsked, type Rows } from "./api";
import { Meter } from "./charts";
import { hasChanges, NoteRow } from "./notes";
import { PopulationTable } from "./populations";
import { NothingYet, Section } from "./states";
import { ago, count, fullTime, percent, periodName, plain, shortDay, typeName } from "./words";

const SHOWN_PERIOD = 30;

export function Overview({ connection, data, onPlan, onTab }: {
  connection: string;
  data: Data;
  onPlan: (note: Note) => void;
  onTab: (tab: string) => void;
}) {
  const latest = Object.values(data.notes)
    .flatMap((notes) => notes.slice(0, 1))
    .sort((one, other) => other.at.localeCompare(one.at));
  return (
    <>
      <Drift notes={data.notes.drift} onPlan={onPlan} />
      {data.account ? (
        <Section title="Objects against limits" aside={`Read ${ago(data.account.at)}`}>
          <Uses uses={data.account.uses} />
        </Section>
      ) : (
        <Box mb="8">
          <NothingYet what="The account has" connection={connection} />
        </Box>
      )}
      {data.lists.segments?.before && <Movers connection={connection} before={data.lists.segments.before} onTab={onTab} />}
      {latest.length > 0 && (
        <Section title="Latest runs" aside={<Button size="xs" variant="ghost" onClick={() => onTab("runs")}>All runs</Button>}>
          {latest.map((note) => (
            <NoteRow key={note.id} note={note} onPlan={onPlan} />
          ))}
        </Section>
      )}
    </>
  );
}

// The newest check of each task counts: several catalogs may be watched.
export function openDrift(notes: Note[]): Note[] {
  const newest = new Map<string, Note>();
  for (const note of notes) {
    const task = `${note.task.dag_id}\n${note.task.task_id}\n${note.task.map_index}`;
    if (note.plan && !newest.has(task)) newest.set(task, note);
  }
  return [...newest.values()];
}

function Drift({ notes, onPlan }: { notes: Note[]; onPlan: (note: Note) => void }) {
  const checks = openDrift(notes);
  if (checks.length === 0) return null;
  const drifted = checks.filter(hasChanges);
  const shown = drifted.length > 0 ? drifted : checks.slice(0, 1);
  return (
    <Box mb="8" borderWidth="1px" borderLeftWidth="4px" borderRadius="lg" px="5" py="4"
      borderLeftColor={drifted.length > 0 ? "orange.solid" : "green.solid"}>
      {shown.map((note) => (
        <Flex key={note.id} justify="space-between" align="center" gap="4" wrap="wrap">
          <Box>
            <Heading size="sm">
              {hasChanges(note) ? `Drift: ${note.headline}` : "AAM is in line with the catalog"}
            </Heading>
            <Text color="fg.muted" fontSize="sm" title={fullTime(note.at)}>
              {note.task.dag_id} looked {ago(note.at)}.
            </Text>
          </Box>
          {hasChanges(note) && (
            <Button size="sm" variant="outline" onClick={() => onPlan(note)}>
              Show differences
            </Button>
          )}
        </Flex>
      ))}
    </Box>
  );
}

function Uses({ uses }: { uses: Use[] }) {
  const resources = [...new Set(uses.map((use) => use.resource))];
  return (
    <Grid templateColumns="repeat(auto-fill, minmax(15rem, 1fr))" gap="4">
      {resources.map((resource) => {
        const own = uses.filter((use) => use.resource === resource);
        const main = own.find((use) => use.type === "TOTAL") ?? own[0];
        const rest = own.filter((use) => use !== main);
        return (
          <Box key={resource} borderWidth="1px" borderRadius="lg" p="4">
            <Text color="fg.muted" fontSize="sm">
              {plain(resource)}
              {main.type === "TOTAL" ? "" : ` (${typeName(main.type).toLowerCase()})`}
            </Text>
            <Flex align="baseline" gap="2" mb="2">
              <Text fontSize="2xl" fontWeight="semibold" lineHeight="1.3">{count(main.count)}</Text>
              <Text color="fg.muted" fontSize="sm"
                title={main.documented ? "The limit that Adobe documents: AAM did not say the account's own" : undefined}>
                of {count(main.limit)}{main.documented ? "*" : ""}
              </Text>
            </Flex>
            <Meter share={main.count / main.limit} label={`${percent(main.count, main.limit)} of the limit`} />
            {rest.map((use) => (
              <Flex key={use.type} justify="space-between" fontSize="xs" color="fg.muted" mt="2">
                <Text>{typeName(use.type)}</Text>
                <Text color={use.count >= 0.8 * use.limit ? "orange.fg" : undefined}>
                  {count(use.count)} of {count(use.limit)}
                </Text>
              </Flex>
            ))}
          </Box>
        );
      })}
      {uses.some((use) => use.documented) && (
        <Text gridColumn="1 / -1" fontSize="xs" color="fg.muted">
          * The limit that Adobe documents; AAM does not say the account&apos;s own.
        </Text>
      )}
    </Grid>
  );
}

function Movers({ connection, before, onTab }: { connection: string; before: string; onTab: (tab: string) => void }) {
  const query = `sort=change&descending=true&period=${SHOWN_PERIOD}&limit=5`;
  const { data } = useAsked<Rows>(pathOf(connection, `/populations/segments?${query}`));
  return (
    <Section
      title={`Segments that changed most since ${shortDay(before)}`}
      aside={<Button size="xs" variant="ghost" onClick={() => onTab("segments")}>All segments</Button>}
    >
      {data && <PopulationTable rows={data.rows} period={SHOWN_PERIOD} before={before} caption={`Population over ${periodName(SHOWN_PERIOD)}`} />}
    </Section>
  );
}
