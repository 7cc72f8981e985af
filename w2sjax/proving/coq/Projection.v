(* Projections on classes of functions, in any real inner product space; for Coq 8.16 and later.

   Functions under any distribution are such a space, with inner f g the expectation of f g. A projection is
   defined by what it minimises; its variational inequality is proved here. No axiom but those of Coq's real
   numbers is used. *)
Require Import Reals Lra Psatz.
Open Scope R_scope.

Record space := {
  carrier :> Type;
  add : carrier -> carrier -> carrier;
  scal : R -> carrier -> carrier;
  inner : carrier -> carrier -> R;
  inner_sym : forall x y, inner x y = inner y x;
  inner_add : forall x y z, inner (add x y) z = inner x z + inner y z;
  inner_scal : forall a x y, inner (scal a x) y = a * inner x y;
  inner_pos : forall x, 0 <= inner x x
}.
Arguments add {s}. Arguments scal {s}. Arguments inner {s}.

Section Facts.
  Context {E : space}.
  Implicit Types (x y z w s u : E) (V : E -> Prop).

  Definition sub x y := add x (scal (-1) y).
  Definition d x y := inner (sub x y) (sub x y).

  Lemma inner_add_r x y z : inner x (add y z) = inner x y + inner x z.
  Proof. rewrite inner_sym, inner_add, (inner_sym _ y), (inner_sym _ z). reflexivity. Qed.

  Lemma inner_scal_r a x y : inner x (scal a y) = a * inner x y.
  Proof. rewrite inner_sym, inner_scal, inner_sym. reflexivity. Qed.
End Facts.

(* Every inner product of combinations becomes a sum over those of the functions themselves. *)
Ltac expand := unfold d, sub in *; repeat rewrite ?inner_add, ?inner_add_r, ?inner_scal, ?inner_scal_r in *.

Section Classes.
  Context {E : space}.
  Implicit Types (x y z w s u : E) (V : E -> Prop).

  Definition convex V := forall x y t, V x -> V y -> 0 <= t <= 1 -> V (add (scal (1 - t) x) (scal t y)).
  Definition affine V := forall x y t, V x -> V y -> V (add (scal (1 - t) x) (scal t y)).
  Definition subspace V := (forall x y, V x -> V y -> V (add x y)) /\ (forall a x, V x -> V (scal a x)).

  (* s is a projection of w on V: no member of V is nearer. *)
  Definition is_projection V w s := V s /\ forall u, V u -> d w s <= d w u.

  (* g bounds what a step from q towards a member gains: the gap of Jaggi (2013). *)
  Definition gap_at_most V w q g := forall u, V u -> inner (sub w q) (sub u q) <= g.

  Lemma subspace_affine V : subspace V -> affine V.
  Proof. intros [Ha Hs] x y t Hx Hy. apply Ha; apply Hs; assumption. Qed.

  Lemma affine_convex V : affine V -> convex V.
  Proof. intros H x y t Hx Hy _. apply H; assumption. Qed.

  Lemma projection_member V w s : is_projection V w s -> V s.
  Proof. intros [H _]. exact H. Qed.

  Lemma nearest V w s u : is_projection V w s -> V u -> d w s <= d w u.
  Proof. intros [_ H] Hu. apply H, Hu. Qed.

  (* The derivative of |w - s - t (u - s)|^2 at t = 0 is not negative. *)
  Lemma variational V w s u : convex V -> is_projection V w s -> V u -> inner (sub w s) (sub u s) <= 0.
  Proof.
    intros HC [Hs Hm] Hu.
    set (p := inner (sub w s) (sub u s)). set (q := inner (sub u s) (sub u s)).
    assert (Hq : 0 <= q) by apply inner_pos.
    assert (K : forall t, 0 <= t <= 1 -> 2 * t * p <= t * t * q).
    { intros t Ht. pose proof (Hm _ (HC s u t Hs Hu Ht)) as H. unfold p, q. expand.
      rewrite (inner_sym E s w), (inner_sym E u w), (inner_sym E u s) in *. nra. }
    destruct (Rle_or_lt p 0) as [|Hp]; [assumption|exfalso].
    destruct (Rle_or_lt q p) as [Hqp|Hqp].
    - pose proof (K 1 ltac:(lra)). nra.
    - assert (Ht : 0 <= p / q <= 1).
      { split; [apply Rlt_le, Rdiv_lt_0_compat; lra|].
        apply Rmult_le_reg_r with q; [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
      pose proof (K _ Ht) as H. assert (p / q * q = p) by (field; lra).
      assert (0 < p / q) by (apply Rdiv_lt_0_compat; lra). nra.
  Qed.

  (* On an affine class the step may be taken both ways: s + (s - u) is a member too. *)
  Lemma orthogonal V w s u : affine V -> is_projection V w s -> V u -> inner (sub w s) (sub u s) = 0.
  Proof.
    intros HA Hp Hu. pose proof (affine_convex V HA) as HC.
    pose proof (variational V w s u HC Hp Hu) as H1.
    pose proof (variational V w s _ HC Hp (HA s u (-1) (projection_member _ _ _ Hp) Hu)) as H2.
    expand. lra.
  Qed.

  Lemma zero_member V x : subspace V -> V x -> V (scal 0 x).
  Proof. intros [_ H] Hx. apply H, Hx. Qed.
End Classes.

Section Roots.
  Context {E : space}.
  Implicit Types x y : E.

  Lemma cauchy_schwarz x y : inner x y * inner x y <= inner x x * inner y y.
  Proof.
    pose proof (inner_pos E x) as Hx. pose proof (inner_pos E y) as Hy.
    assert (K : forall t, 0 <= inner x x + 2 * t * inner x y + t * t * inner y y).
    { intros t. pose proof (inner_pos E (add x (scal t y))) as H. expand.
      rewrite (inner_sym E y x) in H. lra. }
    destruct (Req_dec (inner y y) 0) as [Z|Z].
    - destruct (Req_dec (inner x y) 0) as [->|N]; [nra|exfalso].
      pose proof (K (- (inner x x + 1) / (2 * inner x y))) as H. rewrite Z in H.
      assert (2 * (- (inner x x + 1) / (2 * inner x y)) * inner x y = - (inner x x + 1)) by (field; lra).
      lra.
    - pose proof (K (- inner x y / inner y y)) as H.
      assert (Q : (inner x x + 2 * (- inner x y / inner y y) * inner x y
                   + - inner x y / inner y y * (- inner x y / inner y y) * inner y y) * inner y y
                  = inner x x * inner y y - inner x y * inner x y) by (field; lra).
      assert (0 <= inner x x * inner y y - inner x y * inner x y).
      { rewrite <- Q. apply Rmult_le_pos; assumption. }
      lra.
  Qed.

  Lemma square_le a b : 0 <= b -> a * a <= b * b -> a <= b.
  Proof. intros Hb H. destruct (Rle_or_lt a b); [assumption|exfalso; nra]. Qed.

  (* sqrt A * sqrt B bounds the inner product of vectors that are no longer than sqrt A and sqrt B. *)
  Lemma above_product A B x y : inner x x <= A -> inner y y <= B -> inner x y <= sqrt A * sqrt B.
  Proof.
    intros HA HB. pose proof (inner_pos E x). pose proof (inner_pos E y).
    rewrite <- sqrt_mult by lra. apply square_le; [apply sqrt_pos|].
    rewrite sqrt_sqrt by (apply Rmult_le_pos; lra).
    pose proof (cauchy_schwarz x y). assert (inner x x * inner y y <= A * B) by (apply Rmult_le_compat; lra).
    lra.
  Qed.

  Lemma above_minus_product A B x y : inner x x <= A -> inner y y <= B -> - inner x y <= sqrt A * sqrt B.
  Proof.
    intros HA HB. pose proof (above_product A B (scal (-1) x) y) as H.
    rewrite ?inner_scal, ?inner_scal_r in H. lra.
  Qed.

  Lemma below_mean A B p q r : 0 <= A -> 0 <= B -> 0 <= p -> 0 <= r -> 0 <= q -> q * q <= p * r ->
    2 * q * (sqrt A * sqrt B) <= p * A + r * B.
  Proof.
    intros HA HB Hp Hr Hq H. apply square_le; [nra|].
    pose proof (sqrt_sqrt A HA) as SA. pose proof (sqrt_sqrt B HB) as SB.
    replace (2 * q * (sqrt A * sqrt B) * (2 * q * (sqrt A * sqrt B)))
      with (4 * (q * q) * ((sqrt A * sqrt A) * (sqrt B * sqrt B))) by ring.
    rewrite SA, SB. assert (0 <= A * B) by (apply Rmult_le_pos; assumption).
    assert (q * q * (A * B) <= p * r * (A * B)) by (apply Rmult_le_compat_r; assumption).
    pose proof (Rle_0_sqr (p * A - r * B)) as Q. unfold Rsqr in Q. nra.
  Qed.

  Lemma root_of_product A B C : 0 <= A -> 0 <= B -> C = A * B -> sqrt C = sqrt A * sqrt B.
  Proof. intros HA HB ->. apply sqrt_mult; assumption. Qed.

  (* What a proof ends with: the difference of both sides is a sum of what is not negative. *)
  Lemma by_sum lower upper total : upper - lower = total -> 0 <= total -> lower <= upper.
  Proof. lra. Qed.
End Roots.
