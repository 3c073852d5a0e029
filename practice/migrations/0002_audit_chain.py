"""The audit chain: appended by one function, numbered and hashed at commit, never changed."""

from django.db import migrations

CHAIN = """
INSERT INTO practice_audithead (id, seq, hash) VALUES (1, 0, repeat('0', 64));

CREATE FUNCTION audit_add(body text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO practice_auditentry (body) VALUES (body);
$$;

-- Runs at COMMIT, so that the head is locked only while committing. The head row carries the order.
CREATE FUNCTION audit_number() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  last practice_audithead%ROWTYPE;
  next_hash text;
BEGIN
  SELECT * INTO last FROM practice_audithead WHERE id = 1 FOR UPDATE;
  next_hash := encode(sha256(convert_to(last.hash || NEW.body, 'UTF8')), 'hex');
  UPDATE practice_auditentry SET seq = last.seq + 1, previous = last.hash, hash = next_hash WHERE id = NEW.id;
  UPDATE practice_audithead SET seq = last.seq + 1, hash = next_hash WHERE id = 1;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER audit_chain AFTER INSERT ON practice_auditentry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_number();

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit chain is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_entry_stands BEFORE UPDATE OR DELETE ON practice_auditentry
FOR EACH ROW WHEN (OLD.hash IS NOT NULL) EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON practice_auditentry
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_head_is_not_emptied BEFORE TRUNCATE OR DELETE ON practice_audithead
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

REVOKE ALL ON FUNCTION audit_add(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION audit_number() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_add(text) TO al_app;
"""
UNDO = """
DROP TRIGGER audit_chain ON practice_auditentry;
DROP TRIGGER audit_entry_stands ON practice_auditentry;
DROP TRIGGER audit_is_not_emptied ON practice_auditentry;
DROP TRIGGER audit_head_is_not_emptied ON practice_audithead;
DROP FUNCTION audit_add(text);
DROP FUNCTION audit_number();
DROP FUNCTION audit_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("practice", "0001_first")]
    operations = [migrations.RunSQL(CHAIN, UNDO)]
