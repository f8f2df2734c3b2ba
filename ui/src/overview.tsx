// The account at a glance: is it in line, how full is it, what moved most, what ran last.
import { Box, Button, Flex, Grid, Heading, Text } from "@chakra-ui/react";
import type { Note, Overview as Data, Use } from "./api";
import { pathOf, useAsked, type Rows } from "./api";
import { Meter } from "./charts";
import { hasChanges, NoteRow } from "./notes";
import { PopulationTable } from "./populations";
import { Failed, Loading, NothingYet, Section } from "./states";
import { ago, count, fullTime, percent, periodName, plain, shortDay, typeName } from "./words";

const SHOWN_PERIOD = 30;

export function Overview({ connection, data, onPlan, onGo }: {
  connection: string;
  data: Data;
  onPlan: (note: Note) => void;
  onGo: (to: Record<string, string>) => void;
}) {
  const latest = Object.values(data.notes)
    .flatMap((notes) => notes.slice(0, 1))
    .sort((one, other) => other.at.localeCompare(one.at));
  return (
    <>
      <Drift notes={data.notes.drift} pushes={data.notes.push} onPlan={onPlan} />
      {data.account ? (
        <Section title="Objects against limits" aside={`Read ${ago(data.account.at)}`}>
          <Uses uses={data.account.uses} />
        </Section>
      ) : (
        <Box mb="8">
          <NothingYet what="The account has" connection={connection} />
        </Box>
      )}
      {data.lists.segments?.before && <Movers connection={connection} before={data.lists.segments.before} onGo={onGo} />}
      {latest.length > 0 && (
        <Section title="Latest runs" aside={<Button size="xs" variant="ghost" onClick={() => onGo({ tab: "runs" })}>All runs</Button>}>
          {latest.map((note) => (
            <NoteRow key={note.id} note={note} onPlan={onPlan} named />
          ))}
        </Section>
      )}
    </>
  );
}

const taskOf = ({ task }: Note) => `${task.dag_id}\n${task.task_id}\n${task.map_index}`;

// The newest check of each task that came to an end counts: several catalogs may be watched.
function openDrift(notes: Note[]): Note[] {
  const newest = new Map<string, Note>();
  for (const note of notes) {
    if (note.plan && !newest.has(taskOf(note))) newest.set(taskOf(note), note);
  }
  return [...newest.values()];
}

const hasWritten = (note: Note) =>
  !note.headline.startsWith("Dry run") && note.parts.some(({ label }) => ["created", "updated", "deleted"].includes(label));

// What makes a check less than the last word.
function sinceThen(check: Note, notes: Note[], pushes: Note[]): string {
  const failed = notes.some((note) => !note.plan && note.at > check.at && taskOf(note) === taskOf(check));
  const push = pushes.find((note) => note.at > check.at && hasWritten(note));
  return [
    failed && " Its checks since then have failed.",
    push && ` ${push.task.dag_id} has pushed since, ${ago(push.at)}; the next check sees what is left.`,
  ]
    .filter(Boolean)
    .join("");
}

function Drift({ notes, pushes, onPlan }: { notes: Note[]; pushes: Note[]; onPlan: (note: Note) => void }) {
  const checks = openDrift(notes);
  if (checks.length === 0) return null;
  const drifted = checks.filter(hasChanges);
  const shown = drifted.length > 0 ? drifted : checks.slice(0, 1);
  const calm = drifted.length === 0 && sinceThen(shown[0], notes, []) === "";
  return (
    <Box mb="8" borderWidth="1px" borderLeftWidth="4px" borderRadius="lg" px="5" py="4" borderLeftColor={calm ? "green.solid" : "orange.solid"}>
      {shown.map((note) => (
        <Flex key={note.id} justify="space-between" align="center" gap="4" wrap="wrap">
          <Box>
            <Heading size="sm">
              {hasChanges(note) ? `Drift: ${note.headline}` : "AAM is in line with the catalog"}
            </Heading>
            <Text color="fg.muted" fontSize="sm" wordBreak="break-word" title={fullTime(note.at)}>
              {note.task.dag_id} looked {ago(note.at)}.{sinceThen(note, notes, pushes)}
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

const isTight = (use: Use) => use.count >= 0.8 * use.limit;

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
            <Flex align="baseline" gap="2" mb="2" wrap="wrap">
              <Text fontSize="2xl" fontWeight="semibold" lineHeight="1.3">{count(main.count)}</Text>
              <Text color="fg.muted" fontSize="sm" flex="1">
                of {count(main.limit)}{main.documented ? "*" : ""}
              </Text>
              <Text fontSize="sm" fontWeight={isTight(main) ? "bold" : undefined} color={isTight(main) ? undefined : "fg.muted"}>
                {percent(main.count, main.limit)}
              </Text>
            </Flex>
            <Meter share={main.count / main.limit} />
            {rest.map((use) => (
              <Flex key={use.type} justify="space-between" fontSize="xs" color="fg.muted" mt="2">
                <Text>{typeName(use.type)}</Text>
                <Text color={isTight(use) ? "orange.fg" : undefined} fontWeight={isTight(use) ? "bold" : undefined}>
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

function Movers({ connection, before, onGo }: { connection: string; before: string; onGo: (to: Record<string, string>) => void }) {
  const query = `sort=change&descending=true&period=${SHOWN_PERIOD}&limit=5`;
  const { data, failure } = useAsked<Rows>(pathOf(connection, `/populations/segments?${query}`));
  return (
    <Section
      title={`Segments that changed most since ${shortDay(before)}`}
      aside={<Button size="xs" variant="ghost" onClick={() => onGo({ tab: "segments", sort: "-change" })}>All segments</Button>}
    >
      {data ? (
        <PopulationTable rows={data.rows} period={SHOWN_PERIOD} before={before} caption={`Population over ${periodName(SHOWN_PERIOD)}`} />
      ) : (
        <Box minH="20rem">{failure ? <Failed failure={failure} /> : <Loading />}</Box>
      )}
    </Section>
  );
}
