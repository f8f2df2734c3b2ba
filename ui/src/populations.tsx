// Segments or traits: searched, sorted and paged by the server.
import { Box, Button, Flex, Input, NativeSelect, Table, Text } from "@chakra-ui/react";
import { useEffect, useState } from "react";
import { pathOf, useAsked, type ListDates, type Resource, type Row, type Rows } from "./api";
import { Sparkline } from "./charts";
import { Failed, Loading, Message, NothingYet } from "./states";
import { ago, capital, count, fullTime, PERIODS, periodName, shortDay, signed, signedPercent } from "./words";

const PAGE = 25;
const TYPING_MS = 200;

type Sort = "name" | "id" | "population" | "change";
type Order = { sort: Sort; descending: boolean };

export function Populations({ connection, resource, dates }: { connection: string; resource: Resource; dates: ListDates }) {
  const [typed, setTyped] = useState("");
  const [search, setSearch] = useState("");
  const [period, setPeriod] = useState(30);
  const [order, setOrder] = useState<Order>({ sort: "population", descending: true });
  const [offset, setOffset] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSearch(typed.trim());
      setOffset(0);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const query = new URLSearchParams({
    search,
    sort: order.sort,
    descending: String(order.descending),
    period: String(period),
    offset: String(offset),
    limit: String(PAGE),
  });
  const { data, failure, loading } = useAsked<Rows>(dates && pathOf(connection, `/populations/${resource}?${query}`));
  if (!dates) return <NothingYet what={`${capital(resource)} have`} connection={connection} />;
  const sort = (by: Sort) => {
    setOrder({ sort: by, descending: order.sort === by ? !order.descending : by !== "name" && by !== "id" });
    setOffset(0);
  };
  return (
    <>
      <Flex gap="3" mb="4" wrap="wrap" align="center">
        <Input
          type="search"
          maxW="24rem"
          placeholder={`Search ${resource} by name, code or id`}
          aria-label={`Search ${resource}`}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <NativeSelect.Root w="auto">
          <NativeSelect.Field
            aria-label="Period of the population"
            value={String(period)}
            onChange={(event) => setPeriod(Number(event.target.value))}
          >
            {PERIODS.map((days) => (
              <option key={days} value={days}>
                {periodName(days)}
              </option>
            ))}
          </NativeSelect.Field>
          <NativeSelect.Indicator />
        </NativeSelect.Root>
        <Text color="fg.muted" fontSize="sm" title={fullTime(dates.at)}>
          Read {ago(dates.at)}
          {dates.before ? `, changes since ${shortDay(dates.before)}` : ""}
        </Text>
      </Flex>
      {failure ? (
        <Failed failure={failure} />
      ) : !data ? (
        <Loading />
      ) : data.total === 0 ? (
        <Message title="Nothing found">
          <Text>
            {search ? `None of the ${resource} has all of these words in its name, integration code or id.` : `The account has no ${resource}.`}
          </Text>
        </Message>
      ) : (
        <Box aria-busy={loading}>
          <PopulationTable rows={data.rows} period={period} before={dates.before} order={order} onSort={sort} caption={`Population of ${resource}`} />
          <Pager offset={offset} total={data.total} onMove={setOffset} />
        </Box>
      )}
    </>
  );
}

export function PopulationTable({ rows, period, before, order, onSort, caption }: {
  rows: Row[];
  period: number;
  before: string | null;
  order?: Order;
  onSort?: (by: Sort) => void;
  caption: string;
}) {
  const at = PERIODS.indexOf(period);
  const head = { order, onSort };
  return (
    <Table.ScrollArea borderWidth="1px" borderRadius="lg">
      <Table.Root size="sm" aria-label={caption}>
        <Table.Header>
          <Table.Row>
            <Head by="name" {...head}>Name</Head>
            <Head by="id" {...head}>Id</Head>
            <Head>Data source</Head>
            <Head>1 to 90 days</Head>
            <Head by="population" end {...head}>{periodName(period)}</Head>
            {before && <Head by="change" end {...head}>{`Since ${shortDay(before)}`}</Head>}
          </Table.Row>
        </Table.Header>
        <Table.Body>
          {rows.map((row) => (
            <Table.Row key={row.id}>
              <Table.Cell maxW="28rem">
                <Text truncate title={row.name} color={row.status === "INACTIVE" ? "fg.muted" : undefined}>
                  {row.name}
                </Text>
                <Text truncate fontSize="xs" color="fg.muted">
                  {[row.code, row.status === "ACTIVE" ? null : row.status?.toLowerCase()].filter(Boolean).join(" · ")}
                </Text>
              </Table.Cell>
              <Table.Cell fontVariantNumeric="tabular-nums" color="fg.muted">{row.id}</Table.Cell>
              <Table.Cell maxW="14rem">
                <Text truncate title={row.source ?? undefined}>{row.source ?? "–"}</Text>
              </Table.Cell>
              <Table.Cell><Sparkline values={row.population} period={period} /></Table.Cell>
              <Table.Cell textAlign="end" fontVariantNumeric="tabular-nums">
                {row.population[at] === null ? "–" : count(row.population[at] as number)}
              </Table.Cell>
              {before && (
                <Table.Cell textAlign="end" fontVariantNumeric="tabular-nums">
                  <Change change={row.change?.[at] ?? null} population={row.population[at]} isNew={row.change === null} />
                </Table.Cell>
              )}
            </Table.Row>
          ))}
        </Table.Body>
      </Table.Root>
    </Table.ScrollArea>
  );
}

function Change({ change, population, isNew }: { change: number | null; population: number | null; isNew: boolean }) {
  if (isNew) return <Text color="fg.muted">new</Text>;
  if (change === null) return <Text color="fg.muted">–</Text>;
  const old = (population ?? 0) - change;
  const tone = change > 0 ? "green.fg" : change < 0 ? "red.fg" : "fg.muted";
  return (
    <>
      <Text color={tone}>{signed(change)}</Text>
      {change !== 0 && old > 0 && (
        <Text fontSize="xs" color="fg.muted">
          {signedPercent(change, old)}
        </Text>
      )}
    </>
  );
}

function Head({ by, end, order, onSort, children }: {
  by?: Sort;
  end?: boolean;
  order?: Order;
  onSort?: (by: Sort) => void;
  children: string;
}) {
  const sorted = by !== undefined && order?.sort === by;
  const direction = order?.descending ? "descending" : "ascending";
  return (
    <Table.ColumnHeader textAlign={end ? "end" : "start"} aria-sort={sorted ? direction : undefined} whiteSpace="nowrap" fontSize="xs">
      {by && onSort ? (
        <Button variant="ghost" size="xs" mx="-2" fontWeight={sorted ? "bold" : "medium"} onClick={() => onSort(by)}>
          {children}
          <span aria-hidden>{sorted ? (order?.descending ? "↓" : "↑") : ""}</span>
        </Button>
      ) : (
        children
      )}
    </Table.ColumnHeader>
  );
}

function Pager({ offset, total, onMove }: { offset: number; total: number; onMove: (offset: number) => void }) {
  const last = Math.min(offset + PAGE, total);
  return (
    <Flex gap="3" mt="4" align="center" as="nav" aria-label="Pages">
      <Button size="sm" variant="outline" disabled={offset === 0} onClick={() => onMove(Math.max(0, offset - PAGE))}>
        Previous
      </Button>
      <Button size="sm" variant="outline" disabled={last >= total} onClick={() => onMove(offset + PAGE)}>
        Next
      </Button>
      <Text fontSize="sm" color="fg.muted" role="status">
        {count(offset + 1)} to {count(last)} of {count(total)}
      </Text>
    </Flex>
  );
}
