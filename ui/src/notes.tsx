// One run of a task: what came of it, when, and where to read on.
import { Badge, Box, Button, Code, Flex, Link, Stack, Text } from "@chakra-ui/react";
import { useState } from "react";
import { Link as RouterLink } from "react-router-dom";
import type { Kind, Note } from "./api";
import { Legend, StackedBar } from "./charts";
import { ago, duration, fullTime } from "./words";

const FIRST_LINES = 3;

// One of them, among those of other kinds.
const NAMES: Record<Kind, string> = {
  pull: "Pull",
  push: "Push",
  plan: "Plan",
  drift: "Drift check",
  members: "Memberships",
  inbound: "Inbound files",
  stream: "Traits at once",
  read: "Files read",
  sync: "Table",
};

export const TITLES: Record<Kind, string> = {
  pull: "Pulls",
  push: "Pushes",
  plan: "Plans",
  drift: "Drift checks",
  members: "Memberships and ID sync",
  inbound: "Inbound files in AAM",
  stream: "Traits sent at once",
  read: "Deliveries and data feeds",
  sync: "Tables",
};

const BADGES: Record<Kind, (note: Note) => [string, string] | null> = {
  pull: failedOnly,
  push: failedOnly,
  members: failedOnly,
  inbound: failedOnly,
  stream: failedOnly,
  read: failedOnly,
  sync: failedOnly,
  plan: (note) => failedOnly(note) ?? applied(note) ?? (hasChanges(note) ? ["Changes", "blue"] : ["In line", "green"]),
  drift: (note) => (hasChanges(note) ? ["Drift", "orange"] : (failedOnly(note) ?? ["In line", "green"])),
};

function failedOnly(note: Note): [string, string] | null {
  return note.failed ? ["Failed", "red"] : null;
}

function applied(note: Note): [string, string] | null {
  return note.applied && (note.applied.failed ? ["Apply failed", "red"] : ["Applied", "green"]);
}

export function hasChanges(note: Note): boolean {
  const counts = note.plan?.counts ?? {};
  return (counts.create ?? 0) + (counts.update ?? 0) + (counts.delete ?? 0) > 0;
}

export function runPath({ task }: Note): string {
  const part = encodeURIComponent;
  const mapped = task.map_index >= 0 ? `/mapped/${task.map_index}` : "";
  return `/dags/${part(task.dag_id)}/runs/${part(task.run_id)}/tasks/${part(task.task_id)}${mapped}`;
}

export function RunLink({ note }: { note: Note }) {
  return (
    <Link asChild color="fg.info">
      <RouterLink to={runPath(note)}>
        {note.task.dag_id} · {note.task.task_id}
        {note.task.map_index >= 0 ? ` [${note.task.map_index}]` : ""}
      </RouterLink>
    </Link>
  );
}

export function NoteRow({ note, onPlan, named }: { note: Note; onPlan?: (note: Note) => void; named?: boolean }) {
  const [open, setOpen] = useState(false);
  const badge = BADGES[note.kind](note);
  const [first, ...rest] = (note.error ?? "").split("\n");
  const shown = open || rest.length <= FIRST_LINES ? rest : rest.slice(0, FIRST_LINES - 1);
  return (
    <Box borderTopWidth="1px" py="3" data-kind={note.kind}>
      <Flex gap="4" align="baseline" wrap="wrap" justify="space-between">
        <Flex gap="2" align="baseline" wrap="wrap" minW="0" flex="1">
          {named && <Text color="fg.muted" fontSize="sm">{NAMES[note.kind]}</Text>}
          {badge && <Badge colorPalette={badge[1]}>{badge[0]}</Badge>}
          <Text fontWeight="medium" wordBreak="break-word">{note.headline}</Text>
          {hasChanges(note) && onPlan && (
            <Button size="xs" variant="outline" onClick={() => onPlan(note)}>
              {note.kind === "drift" ? "Show differences" : "Show plan"}
            </Button>
          )}
        </Flex>
        <Text fontSize="sm" color="fg.muted" wordBreak="break-word" title={fullTime(note.at)}>
          <RunLink note={note} /> · {ago(note.at)} · {duration(note.seconds)}
        </Text>
      </Flex>
      {note.parts.length > 0 && (
        <Stack gap="1.5" mt="2" maxW="40rem">
          <StackedBar parts={note.parts} />
          <Legend parts={note.parts} />
        </Stack>
      )}
      {note.uri && (
        <Code mt="2" fontSize="xs" variant="plain" color="fg.muted" wordBreak="break-all" px="0">
          {note.uri}
        </Code>
      )}
      {note.error && !(note.kind === "drift" && hasChanges(note)) && (
        <Box mt="2" fontSize="sm" borderLeftWidth="3px" borderLeftColor="red.solid" ps="3">
          <Text wordBreak="break-word">{first}</Text>
          {rest.length > 0 && (
            <Text whiteSpace="pre-wrap" wordBreak="break-word" fontFamily="mono" fontSize="xs" mt="1">
              {shown.join("\n")}
            </Text>
          )}
          {rest.length > FIRST_LINES && (
            <Button size="xs" variant="ghost" mx="-2" mt="1" aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? "Show less" : `Show ${rest.length - shown.length} more lines`}
            </Button>
          )}
        </Box>
      )}
    </Box>
  );
}
